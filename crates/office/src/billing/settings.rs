//! How invoices are paid and reminded of: part of the configuration.

use serde::Deserialize;

/// The longest term of payment, in days.
const DAYS_MAX: u32 = 366;

/// How invoices are paid and reminded of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BillingSettings {
    /// Days a customer has to pay.
    pub payment_days: u32,
    /// The account to pay to.
    pub iban: Option<String>,
    /// The account's bank.
    pub bic: Option<String>,
    /// Whose account it is; the provider's name when absent.
    pub holder: Option<String>,
    /// Whether the daily task makes invoices.
    pub daily: bool,
    /// When reminders go.
    pub reminder_days: ReminderDays,
    /// Whether the daily task ends services that are suspended when the days of `termination` have passed.
    /// Otherwise staff do.
    pub terminate: bool,
    /// Whether the reminder that gives consumers fourteen days names the collection costs of the law.
    pub statutory_costs: bool,
}

impl Default for BillingSettings {
    fn default() -> Self {
        Self {
            payment_days: 14,
            iban: None,
            bic: None,
            holder: None,
            daily: true,
            reminder_days: ReminderDays::default(),
            terminate: false,
            statutory_costs: false,
        }
    }
}

/// Days after the due date of each step of the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReminderDays {
    /// The friendly reminder.
    pub friendly: u32,
    /// The first reminder proper.
    pub first: u32,
    /// The final reminder.
    pub r#final: u32,
    /// The notice that services are suspended, and the suspension.
    pub suspension: u32,
    /// The end of what is suspended: see [`BillingSettings::terminate`].
    pub termination: u32,
}

impl Default for ReminderDays {
    fn default() -> Self {
        Self { friendly: 3, first: 12, r#final: 28, suspension: 42, termination: 90 }
    }
}

impl BillingSettings {
    /// Whether it can be worked with.
    ///
    /// # Errors
    /// The field that is wrong, and why.
    pub fn check(&self) -> Result<(), String> {
        if self.payment_days > DAYS_MAX {
            return Err(format!("payment_days: {} is more than {DAYS_MAX}", self.payment_days));
        }
        if self.iban.as_deref().is_some_and(|iban| !super::is_iban(iban)) {
            return Err("iban: not an account number whose check digits are right".into());
        }
        let days = self.reminder_days;
        let ladder = [days.friendly, days.first, days.r#final, days.suspension, days.termination];
        if !ladder.is_sorted_by(|a, b| a < b) || days.termination > DAYS_MAX {
            return Err(format!("reminder_days: must rise, and end within {DAYS_MAX} days"));
        }
        // The law gives consumers fourteen days from the day after the letter came (art. 6:96 lid 6 BW).
        if self.statutory_costs && days.r#final < days.first + 16 {
            return Err(
                "reminder_days: final must come 16 days after first, for the letter of fourteen days".into(),
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_worked_with_is_refused() {
        assert_eq!(BillingSettings::default().check(), Ok(()));
        let wrong = |change: fn(&mut BillingSettings)| {
            let mut settings = BillingSettings::default();
            change(&mut settings);
            settings.check().expect_err("refused")
        };
        assert!(wrong(|s| s.payment_days = 400).starts_with("payment_days"));
        assert!(wrong(|s| s.iban = Some("NL91ABNA0417164301".into())).starts_with("iban"));
        assert!(wrong(|s| s.reminder_days.first = 3).starts_with("reminder_days"));
        assert!(
            wrong(|s| {
                s.statutory_costs = true;
                s.reminder_days.first = 14;
            })
            .contains("16 days")
        );
    }
}
