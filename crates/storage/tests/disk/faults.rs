//! A disk that fails on demand: SQLite's default VFS with a fault point before every write.
//!
//! SQLite's own tests do the same (<https://www.sqlite.org/testing.html>, section 3.2). The files
//! stay those of the real VFS; only their method table is replaced by a copy that first counts
//! every operation that changes the disk.

#![expect(unsafe_code, reason = "a VFS is a table of C functions")]

use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs};
use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU64, Ordering::SeqCst};

/// How the disk fails.
#[derive(Clone, Copy, Debug)]
pub enum Failing {
    /// The operation and all later ones report an I/O error; half of the bytes are written.
    Broken,
    /// The disk is full.
    Full,
}

/// Number of operations that succeed before the first failure.
static LEFT: AtomicU64 = AtomicU64::new(u64::MAX);
/// The error that failing operations report.
static CODE: AtomicI32 = AtomicI32::new(0);
/// Number of operations that failed.
static FAILED: AtomicU64 = AtomicU64::new(0);
static REAL_VFS: AtomicPtr<sqlite3_vfs> = AtomicPtr::new(null_mut());

/// The methods of an open file: ours, and the real ones that they call.
#[repr(C)]
struct Methods {
    ours: sqlite3_io_methods,
    real: *const sqlite3_io_methods,
}

/// Installs the fault point for the whole process.
pub fn install() {
    // SAFETY: SQLite's default VFS lives as long as the process, and so does its copy, which is
    // leaked. `xOpen` alone is exchanged, for a function of the same type.
    unsafe {
        let real = ffi::sqlite3_vfs_find(std::ptr::null());
        REAL_VFS.store(real, SeqCst);
        let mut ours = *real;
        ours.zName = c"faulty".as_ptr();
        ours.pNext = null_mut();
        ours.xOpen = Some(open);
        assert_eq!(ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 1), ffi::SQLITE_OK);
    }
}

/// Fails all operations but the first `n`.
pub fn fail_after(n: u64, how: Failing) {
    CODE.store(
        if matches!(how, Failing::Full) { ffi::SQLITE_FULL } else { ffi::SQLITE_IOERR_WRITE },
        SeqCst,
    );
    FAILED.store(0, SeqCst);
    LEFT.store(n, SeqCst);
}

/// Ends the failures; returns how many operations failed.
pub fn mend() -> u64 {
    LEFT.store(u64::MAX, SeqCst);
    FAILED.swap(0, SeqCst)
}

/// The error that the next operation must report; `None` if it may proceed.
fn fault() -> Option<c_int> {
    let left = LEFT.fetch_update(SeqCst, SeqCst, |left| {
        if left == u64::MAX { None } else { left.checked_sub(1) }
    });
    if left.is_ok() || left == Err(u64::MAX) {
        return None;
    }
    FAILED.fetch_add(1, SeqCst);
    Some(CODE.load(SeqCst))
}

/// The methods of the real VFS for a file that we opened.
///
/// # Safety
/// `file` was opened by [`open`].
unsafe fn real(file: *mut sqlite3_file) -> &'static sqlite3_io_methods {
    // SAFETY: the file's methods are the first field of a leaked table; the real ones live for ever
    // too.
    unsafe { &*(*(*file).pMethods.cast::<Methods>()).real }
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite calls this as it would the real VFS, whose memory for a file is laid out by
    // its own `szOsFile`, which the copy shares. The methods of an open file are a table of the
    // real VFS.
    unsafe {
        let vfs = REAL_VFS.load(SeqCst);
        let code = (*vfs).xOpen.expect("a VFS opens files")(vfs, name, file, flags, out_flags);
        let real = (*file).pMethods;
        if !real.is_null() {
            let mut ours = *real;
            ours.xWrite = Some(write);
            ours.xTruncate = Some(truncate);
            ours.xSync = Some(sync);
            // A log file has no shared-memory index.
            ours.xShmMap = ours.xShmMap.map(|_| map as unsafe extern "C" fn(_, _, _, _, _) -> _);
            (*file).pMethods = Box::leak(Box::new(Methods { ours, real })).ours_ptr();
        }
        code
    }
}

impl Methods {
    /// The table in the form that SQLite expects.
    fn ours_ptr(&'static self) -> *const sqlite3_io_methods {
        std::ptr::from_ref(self).cast()
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    data: *const c_void,
    n: c_int,
    at: sqlite3_int64,
) -> c_int {
    let fault = fault();
    let n = if fault.is_some() { n / 2 } else { n };
    // SAFETY: the file is one of ours, the arguments are SQLite's own, and fewer bytes than it gave
    // are there.
    let code = unsafe { real(file).xWrite.expect("files are written")(file, data, n, at) };
    fault.unwrap_or(code)
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: sqlite3_int64) -> c_int {
    // SAFETY: the file is one of ours, and the arguments are SQLite's own.
    fault().unwrap_or_else(|| unsafe {
        real(file).xTruncate.expect("files are truncated")(file, size)
    })
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: the file is one of ours, and the arguments are SQLite's own.
    fault().unwrap_or_else(|| unsafe {
        real(file).xSync.expect("files are synchronised")(file, flags)
    })
}

unsafe extern "C" fn map(
    file: *mut sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // Without `extend` nothing is written.
    let fault = if extend == 0 { None } else { fault() };
    // SAFETY: the file is one of ours, and the arguments are SQLite's own.
    fault.unwrap_or_else(|| unsafe {
        real(file).xShmMap.expect("logs have an index")(file, region, size, extend, out)
    })
}
