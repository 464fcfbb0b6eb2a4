//! The codec benchmark's peer: prost and serde_json on the same bytes. Prints `name nanoseconds` a line, best of all
//! rounds.
//!
//! usage: codec-peer FOLDER           measures with FOLDER/NAME.bin and FOLDER/NAME.json
//!        codec-peer --check FOLDER   writes what it read and wrote again as FOLDER/NAME.rust.bin and .rust.json
//!        codec-peer --repeat OPERATION COUNT FOLDER   runs one operation, for a profiler

mod json;

mod messages {
    include!(concat!(env!("OUT_DIR"), "/bench.v1.rs"));
}

use prost::Message;
use serde::{de::DeserializeOwned, Serialize};
use std::hint::black_box;
use std::time::{Duration, Instant};

const ROUNDS: usize = 150;
const ROUND: Duration = Duration::from_millis(2);

fn time(iterations: u64, operation: &dyn Fn() -> usize) -> Duration {
    let start = Instant::now();
    let mut sum = 0;
    for _ in 0..iterations {
        sum += operation();
    }
    let elapsed = start.elapsed();
    assert!(sum != 0);
    elapsed
}

fn report(name: &str, operation: &dyn Fn() -> usize) {
    let mut iterations = 1;
    while time(iterations, operation) < ROUND {
        iterations *= 2;
    }
    let best = (0..ROUNDS).map(|_| time(iterations, operation)).min().unwrap();
    println!("{} {:.1}", name, best.as_nanos() as f64 / iterations as f64);
}

/// One thing that is measured.
struct Operation {
    name: String,
    body: Box<dyn Fn() -> usize>,
}

/// A new message each time, as a server decodes each request into its own.
fn operations<M>(name: &str, folder: &str) -> Vec<Operation>
where
    M: Message + Default + Serialize + DeserializeOwned + Clone + 'static,
{
    let bytes = read(folder, name, "bin");
    let text = read(folder, name, "json");
    let message = M::decode(&bytes[..]).unwrap();
    let same = message.clone();
    let operation = |kind: &str, body: Box<dyn Fn() -> usize>| Operation {
        name: format!("{name}_{kind}"),
        body,
    };
    vec![
        operation(
            "decode",
            Box::new(move || {
                black_box(M::decode(black_box(&bytes[..])).unwrap());
                1
            }),
        ),
        operation("encode", Box::new(move || black_box(&message).encode_to_vec().len())),
        operation(
            "json_decode",
            Box::new(move || {
                black_box(serde_json::from_slice::<M>(black_box(&text)).unwrap());
                1
            }),
        ),
        operation(
            "json_encode",
            Box::new(move || serde_json::to_vec(black_box(&same)).unwrap().len()),
        ),
    ]
}

fn all(folder: &str) -> Vec<Operation> {
    let mut all = operations::<messages::Tick>("tick", folder);
    all.extend(operations::<messages::DetailedOrder>("order", folder));
    all.extend(operations::<messages::Report>("report", folder));
    all
}

fn check<M: Message + Default + Serialize + DeserializeOwned>(name: &str, folder: &str) {
    let binary = M::decode(&read(folder, name, "bin")[..]).unwrap();
    let text: M = serde_json::from_slice(&read(folder, name, "json")).unwrap();
    std::fs::write(format!("{folder}/{name}.rust.bin"), text.encode_to_vec()).unwrap();
    std::fs::write(format!("{folder}/{name}.rust.json"), serde_json::to_vec(&binary).unwrap())
        .unwrap();
}

fn read(folder: &str, name: &str, kind: &str) -> Vec<u8> {
    std::fs::read(format!("{folder}/{name}.{kind}")).unwrap()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--check", folder] => {
            check::<messages::Tick>("tick", folder);
            check::<messages::DetailedOrder>("order", folder);
            check::<messages::Report>("report", folder);
        }
        ["--repeat", name, count, folder] => {
            let all = all(folder);
            let operation = all.iter().find(|operation| operation.name == name).unwrap();
            for _ in 0..count.parse::<u64>().unwrap() {
                assert!((operation.body)() != 0);
            }
        }
        [folder] => {
            for operation in all(folder) {
                report(&operation.name, &*operation.body);
            }
        }
        _ => {
            eprintln!("usage: codec-peer [--check | --repeat OPERATION COUNT] FOLDER");
            std::process::exit(64);
        }
    }
}
