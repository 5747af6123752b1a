//! The UCI handwritten digits: 1,797 images of 8 × 8 pixels (Alpaydin & Kaynak 1998). Licence: `examples/data/`.

use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::data::{Dataset, Loader, Split};
use super::error::Error;
use super::rng::Stream;
use crate::config;

pub(crate) const LOADER: Loader = Loader { row: &config::data::DIGITS, load };

const PACKED: &[u8] = include_bytes!("../../examples/data/digits.csv.gz");
const IMAGES: usize = 1797;
const PIXELS: usize = 64;
/// 80 %, rounded down.
const TRAIN: usize = 1437;
/// The split is part of the dataset: a shuffle by stream 0 of this seed; the first 1,437 train, the other 360 test.
const SPLIT_SEED: u64 = 0;

/// Pixels are scaled from 0..16 to 0..1.
fn load() -> Result<Dataset, Error> {
    let broken = || Error::Spec("the built-in digits are damaged".to_owned());
    let text = gunzip(PACKED).ok_or_else(broken)?;
    let rows: Vec<Vec<u8>> = text.lines().filter_map(row).collect();
    if rows.len() != IMAGES {
        return Err(broken());
    }
    let mut order: Vec<usize> = (0..IMAGES).collect();
    Stream::new(SPLIT_SEED, 0).shuffle(&mut order);
    let split = |order: &[usize]| {
        let mut split = Split::default();
        for &i in order {
            split.x.extend(rows[i][..PIXELS].iter().map(|&p| f32::from(p) / 16.0));
            split.y.push(rows[i][PIXELS]);
        }
        split
    };
    Ok(Dataset { inputs: PIXELS, classes: 10, train: split(&order[..TRAIN]), test: split(&order[TRAIN..]) })
}

/// One line: 64 pixels and a label; `None` if it is anything else.
fn row(line: &str) -> Option<Vec<u8>> {
    let row: Vec<u8> = line.split(',').map(|n| n.parse().ok()).collect::<Option<_>>()?;
    (row.len() == PIXELS + 1 && row[..PIXELS].iter().all(|&p| p <= 16) && row[PIXELS] < 10).then_some(row)
}

/// Unpacks a gzip member with a file name and no other optional field (RFC 1952), which is what the file is.
fn gunzip(packed: &[u8]) -> Option<String> {
    const FIXED_HEADER: usize = 10;
    const TRAILER: usize = 8;
    const FILE_NAME: u8 = 8;
    let [0x1f, 0x8b, 8, FILE_NAME, ..] = packed else { return None };
    let rest = packed.get(FIXED_HEADER..packed.len().checked_sub(TRAILER)?)?;
    let name = rest.iter().position(|&b| b == 0)?;
    String::from_utf8(decompress_to_vec_with_limit(&rest[name + 1..], 1 << 20).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_have_every_class() {
        let data = load().unwrap();
        for split in [&data.train, &data.test] {
            for class in 0..10u8 {
                let share = split.y.iter().filter(|&&y| y == class).count() as f64 / split.len() as f64;
                assert!((0.06..0.15).contains(&share), "{class} {share}");
            }
            assert!(split.x.iter().all(|x| (0.0..=1.0).contains(x)));
        }
    }
}
