//! `bindgen <module.wasm> <output folder> [--names] [--embedded]`: what `wasm-bindgen --target web` does, without a global
//! install. `--embedded` is for a module that is part of a script and lives on its thread (`ts/umap-js/module.ts`): it is
//! there in LZMA too, and its glue can start it anew after a trap.
//!
//! The generator must have exactly the version of the `wasm-bindgen` that the module was compiled with, so both
//! are pinned to it (here and in `crates/umap-wasm/Cargo.toml`).

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io::Write};

use lzma_rust2::{LzmaOptions, LzmaWriter};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let (flags, files): (Vec<String>, Vec<String>) = env::args().skip(1).partition(|word| word.starts_with("--"));
    let has = |flag: &str| flags.iter().any(|given| given == flag);
    let [module, output] = files.as_slice() else {
        eprintln!("usage: bindgen <module.wasm> <output folder> [--names] [--embedded]");
        return ExitCode::from(2);
    };
    let embedded = has("--embedded");
    let written = generate(module, output, has("--names"), embedded)
        .and_then(|()| if embedded { compress(&Path::new(output).join("umap_wasm_bg.wasm")) } else { Ok(()) });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn generate(module: &str, output: &str, names: bool, embedded: bool) -> anyhow::Result<()> {
    let mut generator = Bindgen::new();
    generator
        .input_path(module)
        .out_name("umap_wasm")
        .typescript(true)
        // Every caller of the glue passes the module and the memory itself.
        .omit_default_module_path(true)
        // The names of functions are half of the file, and of use to profiles only; a panic carries its message and place.
        .remove_name_section(!names)
        .remove_producers_section(true)
        .reset_state_function(embedded)
        .web(true)?
        .generate(output)
}

/// Writes the file beside itself in raw LZMA, without header and end mark.
fn compress(file: &Path) -> anyhow::Result<()> {
    let mut options = LzmaOptions::with_preset(9);
    // The decoder has these three built in; WebAssembly is not aligned, so positions say nothing (`pb`).
    (options.lc, options.lp, options.pb) = (3, 0, 0);
    options.nice_len = LzmaOptions::NICE_LEN_MAX;
    let mut writer = LzmaWriter::new_no_header(Vec::new(), &options, false)?;
    writer.write_all(&fs::read(file)?)?;
    fs::write(file.with_extension("wasm.lzma"), writer.finish()?)?;
    Ok(())
}
