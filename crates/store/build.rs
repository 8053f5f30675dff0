//! Tells cargo that a new migration means a new build: `migrate!` reads the folder at compile time.
fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
