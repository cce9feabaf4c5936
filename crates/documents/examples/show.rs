//! Writes the sample documents into a folder, to be looked at: `cargo run -p documents --example show DIR`.

fn main() -> std::io::Result<()> {
    let folder = std::path::PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/show".into()));
    std::fs::create_dir_all(&folder)?;
    for language in base::Language::ALL {
        let pdf = documents::invoice_pdf(&documents::sample_invoice(language, 123))
            .map_err(std::io::Error::other)?;
        std::fs::write(folder.join(format!("invoice-{}.pdf", language.tag())), pdf)?;
        let agreement = documents::sample_agreement(language);
        let pdf = documents::processor_agreement_pdf(&agreement).map_err(std::io::Error::other)?;
        std::fs::write(folder.join(format!("processor-agreement-{}.pdf", language.tag())), pdf)?;
    }
    Ok(())
}
