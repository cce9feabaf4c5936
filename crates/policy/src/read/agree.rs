//! What the parts of a policy must agree on, and joining what the file says in one place only.

use super::node::{Reading, Section};
use crate::model::{Host, Role};
use crate::policy::Policy;
use toml::de::DeTable;

/// Fills in what follows from other parts: which purposes name a recipient.
pub(super) fn join(policy: &mut Policy) {
    for recipient in &mut policy.recipients {
        let names = policy.purposes.iter().filter(|purpose| purpose.recipients.contains(&recipient.id));
        recipient.purposes = names.map(|purpose| purpose.name.clone()).collect();
    }
}

/// Notes every disagreement.
pub(super) fn check(reading: &Reading, table: &DeTable<'_>, policy: &Policy) {
    let root = Section::root(reading, table);
    recipients(&root, policy);
    hosts(&root);
    roles(&root, policy);
    places(&root, policy);
}

/// A recipient that no purpose and no service names would be reachable without a reason.
fn recipients(root: &Section<'_, '_>, policy: &Policy) {
    let entries = root.entries("recipients", super::forms::is_name);
    for (id, section) in entries {
        let by_purpose = policy.purposes.iter().any(|purpose| purpose.recipients.contains(&id));
        let by_service = policy.services.iter().any(|service| service.subprocessors.contains(&id));
        if !by_purpose && !by_service {
            let expected = "every recipient in the recipients of a purpose or the subprocessors of a service";
            section.reading.error(section.line, &section.path, "a recipient that nothing names", expected);
        }
    }
}

/// One connection has one recipient.
fn hosts(root: &Section<'_, '_>) {
    let mut seen: Vec<(String, Host)> = Vec::new();
    let infrastructure = root.entries("infrastructure", super::forms::is_name);
    for (_, section) in root.entries("recipients", super::forms::is_name).into_iter().chain(infrastructure) {
        for host in section.hosts("hosts") {
            let overlaps = |other: &Host| {
                other.name == host.value.name
                    && (other.port.is_none() || host.value.port.is_none() || other.port == host.value.port)
            };
            if let Some((owner, _)) = seen.iter().find(|(_, other)| overlaps(other)) {
                let path = section.path_of("hosts");
                let expected = format!("each host at one place only (it is also in {owner})");
                section.reading.error(host.line, &path, format!("\"{}\"", host.value), expected);
            }
            seen.push((section.path.clone(), host.value));
        }
    }
}

/// A service is processing for a customer; who helps with it is a processor too.
fn roles(root: &Section<'_, '_>, policy: &Policy) {
    for (name, section) in root.entries("services", super::forms::is_name) {
        let Some(service) = policy.services.iter().find(|service| service.name == name) else { continue };
        let purpose = policy.purposes.iter().find(|purpose| purpose.name == service.purpose);
        if purpose.is_some_and(|purpose| purpose.role == Role::Controller) {
            let found = format!("\"{}\", in which the provider is controller", service.purpose);
            section.error("purpose", found, "a purpose with role = \"processor\"");
        }
        for id in &service.subprocessors {
            if policy
                .recipients
                .iter()
                .any(|recipient| recipient.id == *id && recipient.role == Role::Controller)
            {
                let found = format!("\"{id}\", which is a controller");
                section.error("subprocessors", found, "recipients with role = \"processor\"");
            }
        }
    }
    for (name, section) in root.entries("purposes", super::forms::is_name) {
        let processor =
            policy.purposes.iter().any(|purpose| purpose.name == name && purpose.role == Role::Processor);
        if processor && !policy.services.iter().any(|service| service.purpose == name) {
            let found = "\"processor\", and no service has this purpose";
            section.error("role", found, "a service that tells what is processed for the customer");
        }
    }
}

/// Outside the EEA a transfer needs a safeguard, and the provider a representative.
fn places(root: &Section<'_, '_>, policy: &Policy) {
    let inside = |country: &str| policy.law.eea.iter().any(|known| known == country);
    if !inside(&policy.provider.country) && policy.provider.representative.is_none() {
        let found = format!("\"{}\", outside the EEA", policy.provider.country);
        root.section("provider").error("country", found, "a provider.representative beside it");
    }
    for (id, section) in root.entries("recipients", super::forms::is_name) {
        let Some(recipient) = policy.recipients.iter().find(|recipient| recipient.id == id) else { continue };
        if !inside(&recipient.country) && recipient.transfer.is_none() {
            let found = format!("\"{}\", outside the EEA", recipient.country);
            section.error("country", found, "a transfer = { nl, en } that names the safeguard");
        }
    }
    for (name, section) in root.entries("infrastructure", super::forms::is_name) {
        let part = policy.infrastructure.iter().find(|part| part.name == name);
        if part.is_some_and(|part| !inside(&part.country)) {
            section.error(
                "country",
                "a country outside the EEA",
                "a place in the EEA: a host elsewhere is a recipient",
            );
        }
    }
}
