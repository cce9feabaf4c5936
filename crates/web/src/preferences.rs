//! Language and theme of a visit. The language: `?lang=` (which is then kept), else the cookie,
//! else what the login chose, else what the browser asks for, else Dutch. The theme follows the
//! system unless the visitor chose; the choice is a form post and a cookie, no script.

use crate::cookie;
use crate::error::{PageError, PageResult};
use crate::form::Form;
use crate::page::{SafePath, see_other};
use crate::shell::Scheme;
use crate::visit::Visit;
use base::Language;
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;

/// At most so many entries of `Accept-Language` are read.
const LANGUAGES_MAX: usize = 20;
const YEAR_SECONDS: u32 = 365 * 86_400;

/// The colours of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the visitor's system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word in cookie, form and markup.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.code() == code)
    }
}

/// What a request says about language and theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Preferences {
    /// Asked for in the address or kept in the cookie: goes before what the login chose.
    pub chosen: Option<Language>,
    /// What the browser asks for.
    pub accepted: Language,
    /// Whether the choice came with this request and must be kept.
    pub keep: bool,
    pub theme: Theme,
}

impl Preferences {
    pub fn of(headers: &HeaderMap, query: Option<&str>) -> Self {
        let asked = query
            .into_iter()
            .flat_map(|query| query.split('&'))
            .filter_map(|pair| pair.strip_prefix("lang="))
            .find_map(Language::from_tag);
        let kept = cookie::value(headers, "lang").and_then(Language::from_tag);
        Self {
            chosen: asked.or(kept),
            accepted: accepted(headers),
            keep: asked.is_some() && asked != kept,
            theme: cookie::value(headers, "theme").and_then(Theme::from_code).unwrap_or_default(),
        }
    }

    pub fn language(self, of_login: Option<Language>) -> Language {
        self.chosen.or(of_login).unwrap_or(self.accepted)
    }
}

/// The known language with the highest weight; at equal weight the one that stands first.
fn accepted(headers: &HeaderMap) -> Language {
    let mut best = (0_u16, Language::default());
    let values = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
    for entry in values.flat_map(|value| value.split(',')).take(LANGUAGES_MAX) {
        let (tag, weight) = entry.split_once(';').map_or((entry, None), |(tag, weight)| (tag, Some(weight)));
        let Some(language) = Language::from_tag(tag.trim()) else { continue };
        let weight = weight
            .and_then(|weight| weight.trim().strip_prefix("q="))
            .map_or(Some(1.0), |weight| weight.parse::<f32>().ok())
            .filter(|weight| (0.0..=1.0).contains(weight));
        // Thousandths: three decimals is all RFC 9110 allows.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
        let weight = weight.map_or(0, |weight| (weight * 1000.0) as u16);
        if weight > best.0 {
            best = (weight, language);
        }
    }
    best.1
}

/// A cookie that keeps a preference: no personal data, so a year.
pub(crate) fn kept(name: &'static str, value: &'static str, scheme: Scheme) -> HeaderValue {
    cookie::set(name, value, Some(YEAR_SECONDS), scheme)
}

/// The form of the theme choice.
#[derive(Debug, Deserialize)]
pub(crate) struct ThemeForm {
    #[serde(default)]
    theme: String,
    #[serde(default)]
    next: String,
}

/// `POST /preferences`: keeps the theme and goes back to the page it was chosen on.
pub(crate) async fn choose(visit: Visit, Form(form): Form<ThemeForm>) -> PageResult {
    let theme = Theme::from_code(&form.theme).ok_or(PageError::BadRequest)?;
    let next = SafePath::parse(&form.next).unwrap_or_default();
    Ok(see_other(next.as_str()).cookie(kept("theme", theme.code(), visit.shell().scheme())).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(query: &str, cookie: &str, accept: &str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().expect("header"));
        headers.insert(header::ACCEPT_LANGUAGE, accept.parse().expect("header"));
        Preferences::of(&headers, Some(query)).language(None)
    }

    #[test]
    fn the_order_of_choice() {
        assert_eq!(language("lang=en", "lang=nl", "nl"), Language::En);
        assert_eq!(language("a=1&lang=en", "", ""), Language::En);
        assert_eq!(language("", "lang=en", "nl"), Language::En);
        assert_eq!(language("lang=xx", "lang=yy", "en-GB"), Language::En);
        assert_eq!(language("", "", "de, fr;q=0.9"), Language::Nl);
        assert_eq!(language("", "", "en;q=0.5, nl;q=0.9"), Language::Nl);
        assert_eq!(language("", "", "en, nl"), Language::En);
        assert_eq!(language("", "", "en;q=0"), Language::Nl);
        assert_eq!(language("", "", "en;q=NaN, nl;q=0.1"), Language::Nl);
    }

    #[test]
    fn what_the_login_chose_goes_before_the_browser_only() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, "nl".parse().expect("header"));
        assert_eq!(Preferences::of(&headers, None).language(Some(Language::En)), Language::En);
        assert_eq!(Preferences::of(&headers, Some("lang=nl")).language(Some(Language::En)), Language::Nl);
    }
}
