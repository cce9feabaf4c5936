//! Serves the gallery of components on loopback, for whoever designs a page:
//! `cargo run -p web --example gallery -- 8099`, then open `http://127.0.0.1:8099/_gallery`.

use std::net::SocketAddr;
use web::shell::{Config, Gallery, Parts};
use web::{Routes, app};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::args().nth(1).map_or(Ok(8099), |text| text.parse())?;
    let config =
        Config { gallery: Gallery::Shown, provider: "Voorbeeld Hosting".to_owned(), ..Config::default() };
    let router = app(Routes::<()>::new(), Parts { config, ..Parts::default() }, ())?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    eprintln!("http://{}/_gallery", listener.local_addr()?);
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await?;
    Ok(())
}
