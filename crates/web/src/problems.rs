//! What the business found wrong with a form, in the visitor's words.

use crate::error::PageError;
use crate::form::Errors;
use crate::text::{T, Text};
use office::OfficeError;
use office::form::{Problem, Problems};

impl T {
    /// What is wrong with a field, as a sentence.
    #[must_use]
    pub fn problem(self, problem: Problem) -> Text {
        match problem {
            Problem::Missing => self.problem_missing(),
            Problem::TooLong { max } => self.problem_too_long(self.number(max)),
            Problem::TooShort { min } => self.problem_too_short(self.number(min)),
            Problem::Email => self.problem_email(),
            Problem::Phone => self.problem_phone(),
            Problem::Postcode => self.problem_postcode(),
            Problem::Country => self.problem_country(),
            Problem::Kvk => self.problem_kvk(),
            Problem::Vat => self.problem_vat(),
            Problem::Characters => self.problem_characters(),
            Problem::Choice => self.problem_choice(),
            Problem::Taken => self.problem_taken(),
            Problem::Mismatch => self.problem_mismatch(),
            Problem::Guessable => self.problem_guessable(),
            Problem::Wrong => self.problem_wrong(),
            Problem::Expired => self.problem_expired(),
            Problem::Domain => self.problem_domain(),
            Problem::Amount => self.problem_amount(),
            Problem::Date => self.problem_date(),
            Problem::Number => self.problem_number(),
        }
    }
}

impl T {
    /// What is wrong with a field, with the name of the field: in the summary above the form there
    /// may be several, and "fill this in" alone says nothing there.
    #[must_use]
    pub fn problem_at(self, field: &str, problem: Problem) -> Text {
        match self.field_name(field) {
            Some(name) => self.problem_at_field(name, in_sentence(&self.problem(problem))),
            None => self.problem(problem),
        }
    }

    /// That a field was left empty.
    #[must_use]
    pub fn missing(self, field: &str) -> Text {
        self.problem_at(field, Problem::Missing)
    }

    /// What a field is called, wherever it stands; none for what is called differently per page.
    fn field_name(self, field: &str) -> Option<Text> {
        Some(match field {
            "name" => self.field_of_name(),
            "email" => self.field_of_email(),
            "phone" => self.field_of_phone(),
            "organisation" => self.field_of_organisation(),
            "kvk" => self.field_of_kvk(),
            "vat" => self.field_of_vat(),
            "street" => self.field_of_street(),
            "postcode" => self.field_of_postcode(),
            "city" => self.field_of_city(),
            "country" => self.field_of_country(),
            "language" => self.field_of_language(),
            "topic" => self.field_of_topic(),
            "title" => self.field_of_title(),
            "right" => self.field_of_right(),
            "purpose" => self.field_of_purpose(),
            "text" => self.field_of_text(),
            "reason" => self.field_of_reason(),
            "password" => self.field_of_password(),
            "current" => self.field_of_current(),
            "code" => self.field_of_code(),
            "role" => self.field_of_role(),
            _ => return None,
        })
    }
}

/// A sentence after a colon.
fn in_sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

impl Errors {
    /// Each problem at its field.
    #[must_use]
    pub fn of_problems(t: T, problems: &Problems) -> Self {
        let mut errors = Self::none();
        for (field, problem) in problems.all() {
            errors.add(field, t.problem_at(field, *problem));
        }
        errors
    }
}

/// What is wrong with the form, if that is what the business says; any other answer is an error page.
///
/// # Errors
/// Everything but [`OfficeError::Invalid`].
pub fn problems(error: OfficeError) -> Result<Problems, PageError> {
    match error {
        OfficeError::Invalid(problems) => Ok(problems),
        other => Err(other.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Language;

    #[test]
    fn a_summary_says_which_field() {
        let mut problems = Problems::new();
        problems.add("email", Problem::Missing);
        problems.add("password", Problem::TooShort { min: 12 });
        problems.add("elsewhere", Problem::Choice);
        let errors = Errors::of_problems(T::new(Language::Nl), &problems);
        let lines: Vec<_> = errors.iter().collect();
        assert_eq!(
            lines,
            [
                ("email", "E-mailadres: vul dit in"),
                ("password", "Wachtwoord: gebruik ten minste 12 tekens"),
                ("elsewhere", "Maak een keuze uit de lijst"),
            ]
        );
    }
}
