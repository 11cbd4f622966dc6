//! The files themselves: within the binary in a release, read from the folder otherwise.

use bytes::Bytes;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../console/dist"]
#[allow_missing = true]
struct Dist;

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Brotli.
    Brotli,
    /// Gzip.
    Gzip,
}

impl Encoding {
    /// Returns the name in headers.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
    }
}

/// A file as it goes out.
#[derive(Debug)]
pub(super) struct File {
    /// What it is compressed with.
    pub(super) encoding: Option<Encoding>,
    /// Its bytes.
    pub(super) bytes: Bytes,
}

/// Returns a file in the first of `encodings` that the build made, or as it is.
pub(super) fn find(name: &str, encodings: Vec<Encoding>) -> Option<File> {
    let compressed = encodings.into_iter().find_map(|encoding| {
        let bytes = load(&format!("{name}{}", encoding.suffix()))?;
        Some(File { encoding: Some(encoding), bytes })
    });
    compressed.or_else(|| Some(File { encoding: None, bytes: load(name)? }))
}

fn load(name: &str) -> Option<Bytes> {
    let file = Dist::get(name)?;
    Some(match file.data {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
    })
}
