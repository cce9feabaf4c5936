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
        }
    }
}

impl Errors {
    /// Each problem at its field.
    #[must_use]
    pub fn of_problems(t: T, problems: &Problems) -> Self {
        let mut errors = Self::none();
        for (field, problem) in problems.all() {
            errors.add(field, t.problem(*problem));
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
