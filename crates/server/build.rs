//! The screens are embedded when they are there; new ones are a reason to compile anew.

fn main() {
    println!("cargo:rerun-if-changed=../../web/dist");
}
