/// Turns a pattern's tree into its program.
struct PatternCompiler {
    private var program: [PatternStep] = []

    /// The finished program.
    mutating func finish() throws(PatternError) -> [PatternStep] {
        try add(.match)
        return program
    }

    /// Writes the steps of `tree` behind those that are there.
    mutating func emit(_ tree: PatternTree) throws(PatternError) {
        switch tree {
        case .empty: return
        case .set(let set): try add(.take(set))
        case .start: try add(.start)
        case .end: try add(.end)
        case .veryEnd: try add(.veryEnd)
        case .sequence(let parts): for part in parts { try emit(part) }
        case .either(let branches): try emitEither(branches)
        case .repeated(let part, let least, let most):
            for _ in 0..<least {
                let before = program.count
                try emit(part)
                // Nothing times a thousand, nested, would cost time without ever reaching the limit.
                guard program.count > before else { return }
            }
            guard let most else { return try emitStar(part) }
            try emitOptional(part, times: most - least)
        }
    }

    /// One branch after the other, with a choice before each and a jump to the end after each.
    private mutating func emitEither(_ branches: [PatternTree]) throws(PatternError) {
        var jumps: [Int] = []
        for (index, branch) in branches.enumerated() {
            guard index < branches.count - 1 else {
                try emit(branch)
                break
            }
            let split = program.count
            try add(.split(split + 1, split + 1))
            try emit(branch)
            jumps.append(program.count)
            try add(.jump(0))
            program[split] = .split(split + 1, program.count)
        }
        for jump in jumps { program[jump] = .jump(program.count) }
    }

    private mutating func emitStar(_ part: PatternTree) throws(PatternError) {
        let split = program.count
        try add(.split(split + 1, split + 1))
        try emit(part)
        try add(.jump(split))
        program[split] = .split(split + 1, program.count)
    }

    private mutating func emitOptional(_ part: PatternTree, times: Int) throws(PatternError) {
        var splits: [Int] = []
        for _ in 0..<max(0, times) {
            splits.append(program.count)
            try add(.split(program.count + 1, program.count + 1))
            try emit(part)
            guard program.count > splits[splits.count - 1] + 1 else { break }
        }
        for split in splits { program[split] = .split(split + 1, program.count) }
    }

    private mutating func add(_ step: PatternStep) throws(PatternError) {
        guard program.count < PatternMatcher.longestProgram else {
            throw PatternError(message: "the pattern is too large with its repetitions written out", offset: 0)
        }
        program.append(step)
    }
}
