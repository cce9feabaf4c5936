//! What somebody is ordering, written into a hidden field and read back. It is as foreign as any field:
//! what does not name something of the catalogue is left out.

use base::{Day, Sensitive};
use core::fmt;
use office::OfficeError;
use office::catalogue::Catalogue;
use office::form::{Problem, Problems};
use office::orders::{LineForm, label_of, price_of};
use office::services::terms::TermMonths;
use office::services::{Chosen, domain};
use std::collections::HashMap;

/// How many lines it holds, and how many bytes of text are read.
const LINES_MAX: usize = 20;
const BYTES_MAX: usize = 16 * 1024;

/// The lines of an order to be. As text: `plan~months~option:units,…~label`, a line each, with `;`
/// between them.
pub(super) struct Basket {
    lines: Vec<LineForm>,
    codes: Vec<String>,
}

impl Basket {
    /// Reads it; lines that are not right are left out.
    pub(super) fn read(text: &str, catalogue: &Catalogue) -> Self {
        let mut basket = Self { lines: Vec::new(), codes: Vec::new() };
        if text.len() > BYTES_MAX {
            return basket;
        }
        for line in text.split(';').take(LINES_MAX) {
            if let Some((code, line)) = read_line(line, catalogue) {
                basket.codes.push(code);
                basket.lines.push(line);
            }
        }
        basket
    }

    pub(super) fn lines(&self) -> &[LineForm] {
        &self.lines
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn remove(&mut self, index: usize) {
        if index < self.lines.len() {
            self.lines.remove(index);
            self.codes.remove(index);
        }
    }

    /// Whether the provider processes data for the customer in any of it.
    pub(super) fn is_processing(&self, catalogue: &Catalogue) -> bool {
        self.lines
            .iter()
            .any(|line| catalogue.plan(line.plan).is_some_and(|(product, _)| product.kind.is_processing()))
    }

    /// Adds what the form of a line says.
    pub(super) fn add(
        &mut self,
        catalogue: &Catalogue,
        fields: &HashMap<String, String>,
        today: Day,
    ) -> Result<(), OfficeError> {
        let get = |name: &str| fields.get(name).map_or("", String::as_str);
        let mut problems = Problems::new();
        let (_, plan) =
            catalogue.plan_of_code(get("plan")).ok_or(OfficeError::NotFound { what: "the plan" })?;
        let (product, plan) =
            catalogue.offered(plan.id, today).ok_or(OfficeError::NotFound { what: "the plan" })?;
        let months = get("months").parse().ok().and_then(TermMonths::new).ok_or(Problem::Choice);
        let months = problems.take("months", months);
        let label = if product.kind.has_domain() {
            domain(get("label")).map(|label| Some(Sensitive::new(label)))
        } else {
            label_of(get("label"))
        };
        let label = problems.take("label", label);
        let mut chosen = Vec::new();
        for option in catalogue.options_of(plan.id) {
            match get(&format!("option-{}", option.id)).trim() {
                "" => {}
                text => match text.parse::<u32>() {
                    Ok(units) if units <= option.units_max => chosen.push((option.id, units)),
                    _ => problems.add("options", Problem::Number),
                },
            }
        }
        let chosen = Chosen::new(chosen).unwrap_or_default();
        let (Some(months), Some(label), true) = (months, label, problems.is_empty()) else {
            return Err(problems.into());
        };
        price_of(catalogue, plan.id, &chosen, months, today)?;
        if self.lines.len() >= LINES_MAX {
            return Err(Problems::one("months", Problem::Number).into());
        }
        self.codes.push(plan.code.clone());
        self.lines.push(LineForm { plan: plan.id, months, chosen, label });
        Ok(())
    }
}

fn read_line(text: &str, catalogue: &Catalogue) -> Option<(String, LineForm)> {
    let mut parts = text.splitn(4, '~');
    let (code, months, options, label) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let (product, plan) = catalogue.plan_of_code(code)?;
    let options = options
        .split(',')
        .filter(|option| !option.is_empty())
        .map(|option| {
            let (id, units) = option.split_once(':')?;
            Some((id.parse().ok()?, units.parse().ok()?))
        })
        .collect::<Option<Vec<_>>>()?;
    let label = match (label, product.kind.has_domain()) {
        ("", _) => None,
        (label, true) => Some(Sensitive::new(domain(label).ok()?)),
        (label, false) => label_of(label).ok()?,
    };
    let months = TermMonths::new(months.parse().ok()?)?;
    Some((code.to_owned(), LineForm { plan: plan.id, months, chosen: Chosen::new(options)?, label }))
}

impl fmt::Display for Basket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (code, line)) in self.codes.iter().zip(&self.lines).enumerate() {
            if i > 0 {
                f.write_str(";")?;
            }
            write!(f, "{code}~{}~", line.months.value())?;
            for (j, (id, units)) in line.chosen.all().iter().enumerate() {
                write!(f, "{}{id}:{units}", if j == 0 { "" } else { "," })?;
            }
            // A name for a server may hold what separates lines here; then it loses that.
            let label = line.label.as_ref().map_or("", |label| label.expose().as_str());
            write!(f, "~{}", label.replace(';', ","))?;
        }
        Ok(())
    }
}
