//! The name of this server among those that share a database.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::clock::Ids;

const FILE: &str = "instance-id";

/// Returns the name that is kept in the data folder, drawn at the first start. A server that comes back after a
/// crash is known by it and need not wait for its own lease to run out.
pub(super) fn name(data: Option<&Path>, ids: &Ids) -> io::Result<String> {
    let Some(data) = data else { return Ok(ids.short()) };
    let path = data.join(FILE);
    match std::fs::read_to_string(&path) {
        Ok(name) if is_sound(&name) => return Ok(name),
        // Half a name is no name: the write of a new one was cut short.
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let name = ids.short();
    // For its owner alone, as every file in the data folder.
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
    file.write_all(name.as_bytes())?;
    Ok(name)
}

fn is_sound(name: &str) -> bool {
    name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}
