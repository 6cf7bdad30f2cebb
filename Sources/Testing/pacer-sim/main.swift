import Glibc
import Simulation

// Lives through the worlds of some seeds, one after the other: `pacer-sim FIRST [LAST]`, up to the first in which something
// is wrong with `pacer-sim until FIRST LAST`, or `pacer-sim trace SEED` for all that happens in one. The sum over a world's
// trace is the same in every process; a test compares two of them.

let words = CommandLine.arguments.dropFirst()
let numbers = words.compactMap { UInt64($0) }
guard let first = numbers.first, first <= numbers.last ?? first else {
    print("usage: pacer-sim [until] FIRST [LAST]\n       pacer-sim trace SEED")
    exit(2)
}
for seed in first...(numbers.last ?? first) {
    var world = World(seed: seed)
    world.run()
    if words.first == "trace" { print(world.trace.text()) }
    print("seed \(seed) turns \(world.turns) sum \(world.trace.sum)")
    for violation in world.violations { print("seed \(seed): \(violation)") }
    if words.first == "until", !world.violations.isEmpty { break }
}
