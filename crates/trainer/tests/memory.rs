//! The memory that training allocates, counted by the allocator.
#![expect(unsafe_code, reason = "a global allocator that counts")]
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::Array2;
use trainer::data::{Dataset, Features, Target};
use trainer::recipe::{BatchSize, Recipe, Setting};
use trainer::split::{CrossValidation, Scheme, Splits};
use trainer::stream::Streams;
use trainer::{Metric, TrainingState, evaluate};

struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: the system's allocator does all the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(live, Ordering::Relaxed);
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: as the caller vouches.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller vouches.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn data(n_rows: usize, n_columns: usize, n_classes: u32) -> Dataset {
    let values =
        Array2::from_shape_fn((n_rows, n_columns), |(i, j)| ((i * 31 + j * 17) % 101) as f32 * 0.1);
    let codes = (0..n_rows as u32).map(|row| row * 7 % n_classes).collect();
    let names = (0..n_classes).map(|class| class.to_string()).collect();
    Dataset::from_parts(Features::from_array(values).unwrap(), Target::Classes { codes, names })
        .unwrap()
}

fn splits(data: &Dataset, folds: u32) -> Splits {
    let rows: Vec<u32> = (0..data.facts().n_rows as u32).collect();
    let plan = CrossValidation { folds, repeats: 1, scheme: Scheme::Stratified, seed: 1 };
    Splits::new(data, &rows, &plan).unwrap()
}

#[test]
fn nothing_is_allocated_after_the_first_batch() {
    let data = data(300, 20, 3);
    let fold = splits(&data, 3).fold(0);
    for optimizer in ["sgd", "rmsprop", "adam", "adamw"] {
        for batch_norm in [false, true] {
            let mut recipe = Recipe {
                epochs: 4,
                dropout: 0.2,
                input_dropout: 0.1,
                batch_norm,
                ..Recipe::default()
            };
            recipe.patience = 3;
            recipe.clip_norm = 1.0;
            recipe.set("activation", Setting::from("relu-gelu")).unwrap();
            recipe.set("optimizer", Setting::from(optimizer)).unwrap();
            let recipe = recipe.check(&data.facts()).unwrap();
            let (n_batches, after_first, last) = (Cell::new(0), Cell::new(0), Cell::new(0));
            let interrupt = || {
                let count = ALLOCATIONS.with(Cell::get);
                if n_batches.get() == 1 {
                    after_first.set(count);
                }
                n_batches.set(n_batches.get() + 1);
                last.set(count);
                ControlFlow::Continue(())
            };
            evaluate(&data, &fold, &recipe, Metric::CrossEntropy, &Streams::new(1), &interrupt)
                .unwrap();
            assert!(n_batches.get() > 20);
            assert_eq!(last.get() - after_first.get(), 0, "{optimizer}, batch_norm = {batch_norm}");
        }
    }
}

#[test]
fn sixty_thousand_rows_of_784_cross_validate_within_a_gibibyte() {
    let data = data(60_000, 784, 10);
    let splits = splits(&data, 2);
    // Full batches, the largest step possible; one thread per fold.
    let recipe =
        Recipe { layers: vec![16], epochs: 1, batch_size: BatchSize::Full, ..Recipe::default() };
    let recipe = recipe.check(&data.facts()).unwrap();
    std::thread::scope(|scope| {
        for index in 0..splits.len() {
            let (data, splits, recipe) = (&data, &splits, &recipe);
            scope.spawn(move || {
                let go_on = &|| ControlFlow::Continue(());
                let fold = splits.fold(index);
                let score =
                    evaluate(data, &fold, recipe, Metric::CrossEntropy, &Streams::new(1), go_on)
                        .unwrap();
                assert_eq!(score.state, TrainingState::Trained);
            });
        }
    });
    let peak = PEAK.load(Ordering::Relaxed);
    assert!(peak < 1 << 30, "{peak} bytes");
    // The table once, and little more.
    assert!(peak < 60_000 * 784 * 4 + (64 << 20), "{peak} bytes");
}
