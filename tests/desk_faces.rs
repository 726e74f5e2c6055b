//! What a desk serves to its faces: a real desk in this process, at a broker that does exactly what the test says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "desk_faces/desk.rs"]
mod desk;
#[path = "desk_faces/follow.rs"]
mod follow;
#[path = "desk_faces/health.rs"]
mod health;
#[path = "desk_faces/lock.rs"]
mod lock;
#[path = "desk_faces/own.rs"]
mod own;
#[path = "desk_faces/performance.rs"]
mod performance;
#[path = "desk_faces/selected.rs"]
mod selected;
#[path = "desk_faces/stage.rs"]
mod stage;
#[path = "desk_faces/takers.rs"]
mod takers;
#[path = "desk_faces/told.rs"]
mod told;
