//! The one place that knows the typesetter: a world of two files, the template and its data.

use crate::{DocumentError, PAGES_MAX};
use base::{Day, Sensitive};
use core::ops::Deref as _;
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World, WorldExt as _};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// The family that documents are set in.
const FAMILY: &str = "Libertinus Serif";

/// How many documents ago a remembered result must have been used to be kept. Without forgetting, a
/// thousand invoices cost a gigabyte; with it the memory stays flat.
const REMEMBERED_DOCUMENTS: usize = 10;

/// The fonts that are part of the program.
pub(crate) static FONTS: LazyLock<Fonts> = LazyLock::new(Fonts::load);

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// The two files of every world. The typesetter keeps file ids for ever and has 65,536 of them, so the ids
/// are the same for all documents and only the contents differ.
static FILES: LazyLock<[FileId; 2]> = LazyLock::new(|| {
    ["/template.typ", "/data.json"].map(|path| {
        let path = VirtualPath::new(path).expect("a path inside the project");
        RootedPath::new(VirtualRoot::Project, path).intern()
    })
});

/// What is set.
pub(crate) struct Sheet<'a> {
    /// The template.
    pub template: &'a str,
    /// What the template reads as `/data.json`.
    pub data: Vec<u8>,
    /// Says which document this is; equal for equal documents. It goes into the file as a hash.
    pub ident: String,
    /// The day that the file says it was made.
    pub day: Day,
}

/// Sets a template with its data as PDF/A-3a and PDF/UA-1.
pub(crate) fn pdf(sheet: Sheet<'_>) -> Result<Vec<u8>, DocumentError> {
    let world =
        Sealed { template: Source::new(FILES[0], sheet.template.to_owned()), data: Bytes::new(sheet.data) };
    let result = set(&world, sheet.ident, sheet.day);
    comemo::evict(REMEMBERED_DOCUMENTS);
    result
}

fn set(world: &Sealed, ident: String, day: Day) -> Result<Vec<u8>, DocumentError> {
    let failed = |errors: &[SourceDiagnostic]| failure(world, errors);
    let document = typst::compile::<PagedDocument>(world).output.map_err(|errors| failed(&errors))?;
    let pages = document.pages().len();
    if pages > PAGES_MAX {
        return Err(DocumentError::TooMany { what: "pages", count: pages, max: PAGES_MAX });
    }
    let date = day.date();
    let timestamp = Datetime::from_ymd_hms(
        i32::from(date.year()),
        u8::try_from(date.month()).unwrap_or(1),
        u8::try_from(date.day()).unwrap_or(1),
        0,
        0,
        0,
    );
    let options = PdfOptions {
        ident: Smart::Custom(ident),
        creator: Smart::Custom(Some("Waarborg".into())),
        timestamp: timestamp.map(Timestamp::new_utc),
        standards: PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1])
            .expect("the two standards go together"),
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|errors| failed(&errors))
}

fn failure(world: &Sealed, errors: &[SourceDiagnostic]) -> DocumentError {
    let line = errors.first().and_then(|first| {
        let start = world.range(first.span)?.start;
        world.template.text().get(..start).map(|before| before.matches('\n').count() + 1)
    });
    let mut messages: Vec<String> = Vec::new();
    for error in errors.iter().take(10) {
        messages.push(error.message.to_string());
        messages.extend(error.hints.iter().map(|hint| format!("({})", hint.v)));
    }
    DocumentError::Template { line, message: Sensitive::new(messages.join("; ")) }
}

/// A template, its data, the fonts, and nothing else.
struct Sealed {
    template: Source,
    data: Bytes,
}

impl World for Sealed {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.book
    }

    fn main(&self) -> FileId {
        FILES[0]
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == FILES[0] { Ok(self.template.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == FILES[1] { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// The fonts, in the order of their book.
pub(crate) struct Fonts {
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

impl Fonts {
    fn load() -> Self {
        let fonts: Vec<Font> = typst_kit::fonts::embedded().map(|(font, _)| font).collect();
        Self { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
    }

    /// Whether each face of the family has the character.
    pub(crate) fn covers(&self, c: char) -> bool {
        let mut faces = self.fonts.iter().filter(|font| font.info().family == FAMILY).peekable();
        faces.peek().is_some() && faces.all(|font| font.info().coverage.contains(u32::from(c)))
    }
}

impl core::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Fonts({})", self.book.deref().families().count())
    }
}
