//! Destroying: keys before data, so that whatever a crash leaves is data that nobody opens.

use super::{Kind, LocalStore, StoreError, at, files, list_folder, sync_folder, unfinished};
use crate::segment::name::{Block, SiteId};
use base::Day;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Days that are worked on at once.
const AT_ONCE: usize = 8;

/// What a destruction removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Destroyed {
    /// Key objects, or records of them when one site was destroyed.
    pub keys: usize,
    /// Data objects.
    pub data: usize,
}

impl LocalStore {
    /// Destroys a day: its key objects at once, then its data objects. May be repeated after a crash.
    ///
    /// # Errors
    /// When something could not be removed; key objects come first, so what remains is data that nobody opens.
    pub fn destroy_day(&self, day: Day) -> Result<Destroyed, StoreError> {
        let keys = self.empty(&self.day_folder(Kind::Keys, day))?;
        // Looked at again: a node may have pushed one meanwhile.
        let more = self.empty(&self.day_folder(Kind::Keys, day))?;
        let data = self.empty(&self.day_folder(Kind::Data, day))?;
        Ok(Destroyed { keys: keys + more, data })
    }

    /// Destroys one site on one day: its records leave the key objects, and nobody opens its rows again. Its data
    /// goes with its day. May be repeated after a crash.
    ///
    /// # Errors
    /// When an object cannot be read or written.
    pub fn destroy_site(&self, day: Day, site: SiteId) -> Result<Destroyed, StoreError> {
        let mut destroyed = Destroyed::default();
        let folder = self.day_folder(Kind::Keys, day);
        for (stored, path) in list_folder(&folder, day, Kind::Keys)?.0 {
            let keys = self.key_object(&stored)?;
            let segment = self.segment(&keys)?;
            let mut places = (0..).zip(segment.entries());
            let mine = |block: Block| block == Block::Rows(site) || block == Block::Spool(site);
            let place = places.find(|(_, entry)| mine(entry.block)).map(|(place, _): (usize, _)| place);
            let Some(without) = place.and_then(|place| keys.without(place)) else { continue };
            let (temporary, mut file) = unfinished(&path)?;
            let written = file.write_all(&without.bytes()).and_then(|()| file.sync_all());
            written.and_then(|()| fs::rename(&temporary, &path)).map_err(at(&path))?;
            destroyed.keys += 1;
        }
        if destroyed.keys > 0 {
            sync_folder(&folder)?;
        }
        Ok(destroyed)
    }

    /// Destroys one site on many days, several at once: most of the time goes into waiting for the disk. May be repeated after a
    /// crash or an error.
    ///
    /// # Errors
    /// When an object cannot be read or written: the first error of those met. Other days may be done.
    pub fn destroy_site_over(&self, days: &[Day], site: SiteId) -> Result<Destroyed, StoreError> {
        let next = AtomicUsize::new(0);
        let work = || -> Result<Destroyed, StoreError> {
            let mut all = Destroyed::default();
            while let Some(day) = days.get(next.fetch_add(1, Ordering::Relaxed)) {
                let one = self.destroy_site(*day, site).inspect_err(|_| {
                    // The others end too.
                    next.store(days.len(), Ordering::Relaxed);
                })?;
                all.keys += one.keys;
                all.data += one.data;
            }
            Ok(all)
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..AT_ONCE.min(days.len())).map(|_| scope.spawn(work)).collect();
            threads.into_iter().try_fold(Destroyed::default(), |all, thread| {
                let one = thread.join().expect("a destroying thread does not panic")?;
                Ok(Destroyed { keys: all.keys + one.keys, data: all.data + one.data })
            })
        })
    }

    /// Removes a folder with all its files, and says how many those were.
    fn empty(&self, folder: &Path) -> Result<usize, StoreError> {
        if !folder.try_exists().map_err(at(folder))? {
            return Ok(0);
        }
        let files = files(folder)?;
        for path in &files {
            fs::remove_file(path).map_err(at(path))?;
        }
        sync_folder(folder)?;
        fs::remove_dir(folder).map_err(at(folder))?;
        sync_folder(folder.parent().unwrap_or(folder))?;
        Ok(files.len())
    }
}
