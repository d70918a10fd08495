//! `cargo bench --manifest-path tests/bench/Cargo.toml`: load, bind, evaluate
//! and evaluate-all on 100, 1,000 and 10,000 flags.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serin::{Context, Ruleset, evaluate};
use serin_bench::{context, ruleset};
use std::hint::black_box;

fn pipeline(c: &mut Criterion) {
    for flags in [100, 1_000, 10_000] {
        let text = ruleset(flags);
        let compiled = Ruleset::load(&text).unwrap();
        let attributes = context(1);
        let mut bound = Context::bind(&compiled, &attributes, 0);
        let mut group = c.benchmark_group(format!("{flags} flags"));
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("load", |b| b.iter(|| Ruleset::load(black_box(&text))));
        group.throughput(Throughput::Elements(1));
        group.bench_function("bind", |b| {
            b.iter(|| Context::bind(&compiled, black_box(&attributes), 0))
        });
        for (name, offset) in [("simple", 0), ("targeting", 1), ("rollout", 2)] {
            let flag = compiled.flags().nth(flags / 6 * 3 + offset).unwrap();
            group.bench_function(format!("evaluate {name}"), |b| {
                b.iter(|| evaluate(&compiled, black_box(flag), &mut bound));
            });
        }
        group.throughput(Throughput::Elements(flags as u64));
        group.bench_function("evaluate all", |b| {
            b.iter(|| {
                for flag in compiled.flags() {
                    black_box(evaluate(&compiled, flag, &mut bound));
                }
            });
        });
        group.finish();
    }
}

criterion_group!(benches, pipeline);
criterion_main!(benches);
