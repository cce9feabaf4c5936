//! A small catalogue, for demonstrations and tests. A provider of its own begins with none.

use super::{CodeForm, OptionForm, PlanForm, PriceForm, ProductForm, service};
use crate::{By, Office, OfficeError};

/// Code, kind, names and texts of a product, and its plans.
type ProductLine = (&'static str, &'static str, [&'static str; 4], &'static [PlanLine]);
/// Code, name, texts, limits, and months, amount and setup of each price.
type PlanLine = (&'static str, &'static str, [&'static str; 2], &'static str, &'static [[&'static str; 3]]);

const PRODUCTS: &[ProductLine] = &[
    (
        "webhosting",
        "hosting",
        [
            "Webhosting",
            "Web hosting",
            "Ruimte voor uw website en mail, op onze eigen machines in Nederland. Wij kijken er niet in.",
            "Room for your website and mail, on machines of our own in the Netherlands. We do not look into it.",
        ],
        &[
            (
                "hosting-start",
                "Start",
                ["Voor één website en een paar mailadressen.", "For one website and a few addresses."],
                "storage 5 GB\nsites 1\nmailboxes 5\ndatabases 1",
                &[["1", "4,95", ""], ["12", "49,50", ""]],
            ),
            (
                "hosting-plus",
                "Plus",
                ["Voor een vereniging of een kleine onderneming.", "For an association or a small business."],
                "storage 25 GB\nsites 5\nmailboxes 25\ndatabases 5",
                &[["1", "9,95", ""], ["3", "28,50", ""], ["12", "99,50", ""]],
            ),
            (
                "hosting-pro",
                "Pro",
                ["Voor wie meer sites beheert.", "For whoever looks after more sites."],
                "storage 100 GB\nsites 25\nmailboxes 100\ndatabases 25",
                &[["1", "19,95", ""], ["12", "199,50", ""]],
            ),
        ],
    ),
    (
        "domein",
        "domain",
        [
            "Domeinnaam",
            "Domain name",
            "Een naam op internet, geregistreerd op uw naam.",
            "A name on the internet, registered in your name.",
        ],
        &[
            ("domain-nl", ".nl", ["", ""], "names 1", &[["12", "7,50", ""]]),
            ("domain-eu", ".eu", ["", ""], "names 1", &[["12", "8,95", ""]]),
            ("domain-com", ".com", ["", ""], "names 1", &[["12", "12,95", ""]]),
        ],
    ),
    (
        "vps",
        "vps",
        [
            "VPS",
            "VPS",
            "Een eigen server, waarop alleen u beheerder bent.",
            "A server of your own, on which you alone are the administrator.",
        ],
        &[
            (
                "vps-2",
                "VPS 2",
                ["", ""],
                "cores 2\nmemory 4 GB\nstorage 80 GB\naddresses 1",
                &[["1", "14,95", "10,00"], ["12", "149,50", ""]],
            ),
            (
                "vps-4",
                "VPS 4",
                ["", ""],
                "cores 4\nmemory 8 GB\nstorage 160 GB\naddresses 1",
                &[["1", "24,95", "10,00"], ["12", "249,50", ""]],
            ),
        ],
    ),
    (
        "certificaat",
        "certificate",
        [
            "Certificaat",
            "Certificate",
            "Een certificaat op naam van uw organisatie. Een gewoon certificaat zit bij de hosting.",
            "A certificate in the name of your organisation. An ordinary one comes with the hosting.",
        ],
        &[("certificate-ov", "OV", ["", ""], "names 1", &[["12", "89,00", ""]])],
    ),
];

/// Fills an empty catalogue.
///
/// # Errors
/// When a store fails, or there is something in it already.
pub async fn fill(office: &Office, by: By) -> Result<(), OfficeError> {
    for (position, (code, kind, [name_nl, name_en, text_nl, text_en], plans)) in PRODUCTS.iter().enumerate() {
        let form = ProductForm {
            code: (*code).into(),
            kind: (*kind).into(),
            vat: "standard".into(),
            name_nl: (*name_nl).into(),
            name_en: (*name_en).into(),
            text_nl: (*text_nl).into(),
            text_en: (*text_en).into(),
            state: "offered".into(),
            position: position.to_string(),
        };
        let product = service::save_product(office, by, None, &form).await?;
        for (position, line) in plans.iter().enumerate() {
            fill_plan(office, by, product, position, line).await?;
        }
    }
    let code = CodeForm {
        code: "WELKOM".into(),
        kind: "percent".into(),
        value: "20".into(),
        terms: "1".into(),
        ..CodeForm::default()
    };
    service::save_code(office, by, None, &code).await?;
    Ok(())
}

async fn fill_plan(
    office: &Office,
    by: By,
    product: super::ProductId,
    position: usize,
    (code, name, [text_nl, text_en], limits, prices): &PlanLine,
) -> Result<(), OfficeError> {
    let form = PlanForm {
        code: (*code).into(),
        name_nl: (*name).into(),
        name_en: (*name).into(),
        text_nl: (*text_nl).into(),
        text_en: (*text_en).into(),
        limits: (*limits).into(),
        state: "offered".into(),
        position: position.to_string(),
    };
    let plan = service::save_plan(office, by, product, None, &form).await?;
    let mut revision = 1;
    for [months, amount, setup] in *prices {
        let form = PriceForm {
            months: (*months).into(),
            amount: (*amount).into(),
            setup: (*setup).into(),
            ..PriceForm::default()
        };
        service::set_price(office, by, plan, revision, &form).await?;
        revision += 1;
    }
    if code.starts_with("vps") {
        let form = OptionForm {
            code: "extra-storage".into(),
            name_nl: "50 GB extra opslag".into(),
            name_en: "50 GB of extra storage".into(),
            units_max: "10".into(),
            state: "offered".into(),
            position: "0".into(),
        };
        let option = service::save_option(office, by, plan, revision, None, &form).await?;
        for (months, amount) in [("1", "2,50"), ("12", "25,00")] {
            revision += 1;
            let form = PriceForm {
                option: option.to_string(),
                months: months.into(),
                amount: amount.into(),
                ..PriceForm::default()
            };
            service::set_price(office, by, plan, revision, &form).await?;
        }
    }
    Ok(())
}
