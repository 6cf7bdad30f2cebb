import ArgumentParser
import Glibc
import SeededRandom

/// Reads a great many broken files: none may crash the reader, hang it, or make it grow.
@main
struct PacerFuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pacer-fuzz",
        abstract: "Reads a great many broken manifests; the same seed makes the same ones.",
        discussion: """
            Ends with status 1 at the first input that is read wrongly, and with a signal where the reader crashes or takes \
            longer than 5 seconds. The input is then in the file that --keep names: show it with `pacer-fuzz --left`.
            """
    )

    @Option(help: "How many inputs.")
    var inputs = 100_000

    @Option(help: "The seed of the first input.")
    var seed: UInt64 = 1

    @Option(help: "The file that holds the input that is being read.")
    var keep = "fuzz.input"

    @Flag(help: "Print the input that a crashed run left in --keep, and end.")
    var left = false

    @Argument(help: "Files and folders whose files are added to the built-in corpus.")
    var corpus: [String] = []

    func run() throws {
        guard !left else { return try show() }
        guard let keeper = Keeper(path: keep) else { throw ValidationError("\(keep) cannot be written.") }
        let corpus = try Corpus(adding: corpus)
        var mutator = Mutator(random: SplitMix64(seed: seed), corpus: corpus.inputs)
        var (errors, early) = (0, 0)
        for number in 0..<inputs {
            let trial = Trial(
                input: mutator.next(),
                company: Trial.Company.allCases[number % Trial.Company.allCases.count]
            )
            keeper.keep(number, trial.input, seconds: 5)
            let complaints = trial.complaints()
            guard complaints.isEmpty else { throw fault(number, trial, complaints) }
            errors += trial.isBroken ? 1 : 0
            // By then everything that is made once is there.
            if number == inputs / 10 { early = residentKiB() }
        }
        alarm(0)
        let growth = residentKiB() - early
        print(
            "\(inputs) inputs of seed \(seed), \(errors) of them not well-formed; memory grew by \(growth) KiB after a tenth"
        )
        guard growth < 65_536 else { throw ValidationError("The reader grows: \(growth) KiB are too many.") }
    }

    private func fault(_ number: Int, _ trial: Trial, _ complaints: [String]) -> ValidationError {
        ValidationError(
            "Input \(number) of seed \(seed), read as \(trial.company): \(complaints.joined(separator: "; "))."
        )
    }

    private func show() throws {
        guard let found = Keeper.left(at: keep) else { throw ValidationError("\(keep) holds no input.") }
        print("input \(found.number):")
        print(String(decoding: found.input, as: UTF8.self))
    }
}
