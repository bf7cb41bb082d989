//! `bindgen <module.wasm> <output folder> [--names]`: what `wasm-bindgen --target web` does, without a global install.
//!
//! The generator must have exactly the version of the `wasm-bindgen` that the module was compiled with, so both
//! are pinned to it (here and in `crates/umap-wasm/Cargo.toml`).

use std::{env, process::ExitCode};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (module, output, names) = match arguments.as_slice() {
        [module, output] => (module, output, false),
        [module, output, names] if names == "--names" => (module, output, true),
        _ => {
            eprintln!("usage: bindgen <module.wasm> <output folder> [--names]");
            return ExitCode::from(2);
        }
    };
    let mut generator = Bindgen::new();
    let written = generator
        .input_path(module)
        .out_name("umap_wasm")
        .typescript(true)
        // Every caller of the glue passes the module and the memory itself.
        .omit_default_module_path(true)
        // The names of functions are half of the file, and of use to profiles only; a panic carries its message and place.
        .remove_name_section(!names)
        .remove_producers_section(true)
        .web(true)
        .and_then(|generator| generator.generate(output));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}
