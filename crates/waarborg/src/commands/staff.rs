//! `waarborg staff`.

use crate::app::App;
use crate::cli::{StaffCommand, StaffRole};
use crate::output::{Out, table};
use anyhow::{Result, bail};
use base::Sensitive;
use office::By;
use office::accounts::{self, Login, NewStaff, Officer};
use serde::Serialize;
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

const BY: By = By::System("staff");

fn role(role: StaffRole) -> accounts::StaffRole {
    match role {
        StaffRole::Admin => accounts::StaffRole::Admin,
        StaffRole::Privacy => accounts::StaffRole::Privacy,
        StaffRole::Support => accounts::StaffRole::Support,
        StaffRole::Auditor => accounts::StaffRole::Auditor,
    }
}

/// Runs a command of staff.
///
/// # Errors
/// When the login is not there, or the change would leave no admin.
pub async fn run(config: &Path, command: StaffCommand, out: &Out) -> Result<ExitCode> {
    let app = super::open(config).await?;
    let result = perform(&app, command, out).await;
    app.close().await?;
    result.map(|()| ExitCode::SUCCESS)
}

async fn perform(app: &App, command: StaffCommand, out: &Out) -> Result<()> {
    match command {
        StaffCommand::Add { email, name, role: wanted, officer } => {
            let new = NewStaff {
                name: Sensitive::new(name),
                email: Sensitive::new(email),
                role: role(wanted),
                officer: if officer { Officer::Holder } else { Officer::None },
                language: app.config.language,
            };
            let added = accounts::add_staff(&app.office, BY, &new).await?;
            let link = added.link.map(|link| link.expose().clone());
            out.print(&json!({ "login": added.login.to_string(), "link": link }), || match &link {
                Some(link) => format!(
                    "added; the link to set a password was mailed, and is valid once:\n{link}\n\
                     a second factor is set up at the first sign-in"
                ),
                None => "this login was there already and is staff now".into(),
            })
        }
        StaffCommand::List => list(app, out).await,
        StaffCommand::Role { email, role: wanted } => {
            let login = find(app, &email).await?;
            accounts::change_staff(&app.office, BY, login.id, Some(role(wanted)), login.officer).await?;
            out.print(&json!({ "changed": true }), || "changed; open sessions have ended".into())
        }
        StaffCommand::Disable { email } => {
            let login = find(app, &email).await?;
            accounts::disable_login(&app.office, BY, login.id).await?;
            out.print(&json!({ "disabled": true }), || "disabled; open sessions have ended".into())
        }
        StaffCommand::ResetSecondFactor { email } => {
            let login = find(app, &email).await?;
            accounts::reset_second_factor_by(&app.office, BY, login.id).await?;
            out.print(&json!({ "reset": true }), || {
                "reset; a new second factor is set up at the next sign-in".into()
            })
        }
    }
}

async fn find(app: &App, email: &str) -> Result<Login> {
    match accounts::login_by_email(&app.office, email).await? {
        Some(login) if login.staff.is_some() => Ok(login),
        _ => bail!("no staff member signs in with {email}"),
    }
}

#[derive(Serialize)]
struct Listed {
    name: String,
    email: String,
    role: String,
    officer: bool,
    second_factor: bool,
    disabled: bool,
}

async fn list(app: &App, out: &Out) -> Result<()> {
    let staff = accounts::staff(&app.office).await?;
    let listed: Vec<Listed> = staff
        .iter()
        .map(|login| Listed {
            name: login.name.expose().clone(),
            email: login.email.expose().clone(),
            role: login.staff.map_or("", accounts::StaffRole::as_str).to_owned(),
            officer: login.officer == Officer::Holder,
            second_factor: login.has_second_factor,
            disabled: login.disabled_at.is_some(),
        })
        .collect();
    out.print(&listed, || {
        if listed.is_empty() {
            return "no staff yet; begin with: waarborg staff add you@example.org \"Your Name\" --role admin"
                .into();
        }
        let yes = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
        let rows: Vec<Vec<String>> = listed
            .iter()
            .map(|l| {
                vec![
                    l.name.clone(),
                    l.email.clone(),
                    l.role.clone(),
                    yes(l.officer),
                    yes(l.second_factor),
                    yes(!l.disabled),
                ]
            })
            .collect();
        table(&["name", "e-mail", "role", "officer", "second factor", "may sign in"], &rows)
    })
}
