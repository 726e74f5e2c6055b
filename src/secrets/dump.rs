//! A process that holds a secret leaves no image of its memory behind.

use std::sync::Once;

use rustix::process::{Resource, Rlimit, setrlimit};

/// Switches core dumps off for the rest of this process, and on Linux also closes its memory and environment to other
/// processes of the same user. A system that refuses leaves things as they were.
pub(super) fn forbid() {
    static DONE: Once = Once::new();
    DONE.call_once(|| {
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        let _ = setrlimit(Resource::Core, none);
        // A dump that goes to a program instead of a file ignores the limit, but not this.
        #[cfg(target_os = "linux")]
        let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    });
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_process_with_a_secret_leaves_no_core() {
        let _secret = crate::secrets::SecretText::new("secret".into());
        let limit = rustix::process::getrlimit(rustix::process::Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
        #[cfg(target_os = "linux")]
        assert_eq!(rustix::process::dumpable_behavior().unwrap(), rustix::process::DumpableBehavior::NotDumpable);
    }
}
