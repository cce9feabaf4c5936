//! axe-core inside a page.

use fantoccini::Client;
use serde_json::Value;
use std::fmt;
use std::path::Path;

/// One rule that the page breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule's name, as in axe's list of rules.
    pub rule: String,
    /// How badly: `minor` to `critical`.
    pub impact: String,
    /// What should be.
    pub help: String,
    /// Selectors of the elements that break it, each with what is wrong there.
    pub elements: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.rule, self.impact, self.help)?;
        self.elements.iter().try_for_each(|element| write!(f, "\n    {element}"))
    }
}

const RUN: &str = r"
const done = arguments[arguments.length - 1];
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }).then(
  (result) => done({ violations: result.violations }),
  (error) => done({ error: String(error) }),
);
";

pub(super) async fn run(client: &Client, script: &Path) -> Vec<Violation> {
    // Once a page: it is half a megabyte.
    let there = client.execute("return typeof axe !== 'undefined'", Vec::new()).await;
    if there.expect("scripts run") != Value::Bool(true) {
        let script = std::fs::read_to_string(script).expect("axe-core can be read");
        // Comes in through the debugger, which the page's content security policy does not bind.
        client.execute(&script, Vec::new()).await.expect("axe-core loads");
    }
    let answer = client.execute_async(RUN, Vec::new()).await.expect("axe-core runs");
    assert!(answer["error"].is_null(), "axe-core failed: {}", answer["error"]);
    let violations = answer["violations"].as_array().expect("axe-core answers with a list");
    violations.iter().map(violation).collect()
}

fn violation(value: &Value) -> Violation {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let elements = value["nodes"].as_array().into_iter().flatten().map(|node| {
        let target = node["target"].as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join(" ");
        format!("{target}: {}", text(&node["failureSummary"]).replace('\n', " "))
    });
    Violation {
        rule: text(&value["id"]),
        impact: text(&value["impact"]),
        help: text(&value["help"]),
        elements: elements.collect(),
    }
}
