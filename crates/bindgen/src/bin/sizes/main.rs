//! `sizes <module with names> <shipped module>`: what a WebAssembly module is made of: bytes of code by crate, by stage, by
//! kind, and the largest functions with all their generic instances. The names are in cargo's output; what ships has none.

mod module;
mod names;
mod table;

use std::process::ExitCode;
use std::{env, fs};

use anyhow::Context;

use crate::module::{Function, Sections};
use crate::table::Table;

/// Lines of the tables that could be long.
const LINES: usize = 30;

fn main() -> ExitCode {
    let files: Vec<String> = env::args().skip(1).collect();
    let [named, shipped] = files.as_slice() else {
        eprintln!("usage: sizes <module with names> <shipped module>");
        return ExitCode::from(2);
    };
    match print(named, shipped) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sizes: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn print(named: &str, shipped: &str) -> anyhow::Result<()> {
    let read = |path: &str| fs::read(path).with_context(|| format!("{path} cannot be read"));
    let Sections { code, data, .. } = module::sections(&read(shipped)?)?;
    println!("of these {:.1} KiB code and {:.1} KiB data", kib(code), kib(data));
    let functions = module::functions(&read(named)?)?;
    let by = |title, lines, key: fn(&Function) -> String| {
        let mut table = Table::new(title);
        for function in &functions {
            table.add(key(function), function.bytes);
        }
        table.print(lines);
    };
    by("crate", LINES, |function| names::crate_of(&function.name).to_owned());
    by("stage (first module of umap_core or umap_parametric in the name)", usize::MAX, |function| {
        names::stage(&function.name).unwrap_or("-").to_owned()
    });
    by("kind", usize::MAX, |function| names::kind(&function.name).to_owned());
    by("generic function, all instances", LINES, |function| names::without_arguments(&function.name));
    by("function", LINES, |function| function.name.clone());
    Ok(())
}

fn kib(bytes: usize) -> f64 {
    bytes as f64 / 1024.0
}
