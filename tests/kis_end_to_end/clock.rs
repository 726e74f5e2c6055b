//! Programs under another clock: a small library, loaded before the system's, moves what they take for the time of day.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The variable that says by how many milliseconds.
const AHEAD: &str = "TEST_CLOCK_AHEAD_MS";

const SOURCE: &str = r#"
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long ahead(void) {
    static long long known = 0;
    static int is_known = 0;
    if (!is_known) {
        const char *text = getenv("TEST_CLOCK_AHEAD_MS");
        known = text ? atoll(text) : 0;
        is_known = 1;
    }
    return known;
}

int clock_gettime(clockid_t id, struct timespec *at) {
    int out = (int)syscall(SYS_clock_gettime, id, at);
    if (out == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) {
        long long ns = at->tv_nsec + (ahead() % 1000) * 1000000;
        at->tv_sec += ahead() / 1000;
        if (ns < 0) { ns += 1000000000; at->tv_sec -= 1; }
        if (ns >= 1000000000) { ns -= 1000000000; at->tv_sec += 1; }
        at->tv_nsec = ns;
    }
    return out;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}
"#;

/// The environment of a program whose clock is so far ahead of the machine's.
pub fn ahead_by(ms: i64) -> [(&'static str, String); 2] {
    [("LD_PRELOAD", library().to_string_lossy().into_owned()), (AHEAD, ms.to_string())]
}

/// The library, built once with the compiler that also links Rust programs.
fn library() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        std::fs::create_dir_all(&folder).unwrap();
        // Other tests may build it at the same time.
        let own = tempfile::tempdir_in(&folder).unwrap();
        let (source, built, kept) =
            (own.path().join("clock.c"), own.path().join("clock.so"), folder.join("kis_test_clock.so"));
        std::fs::write(&source, SOURCE).unwrap();
        let ran = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&built).arg(&source).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        std::fs::rename(&built, &kept).unwrap();
        kept
    })
}
