/// A regular expression of ECMA-262 in Unicode mode that always answers in time proportional to text × pattern.
///
/// The expression runs as a set of states (Thompson's construction) and never backtracks, so no text a person sends and no pattern a
/// designer writes can hang the server. What needs backtracking, back-references and look-around, is refused when compiling.
struct Pattern: Sendable {
    enum Instruction: Sendable {
        case scalar(ScalarSet)
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case wordBoundary(Bool)
        case match
    }

    struct Failure: Error, Equatable { let reason: String }

    static let instructionLimit = 10_000
    let program: [Instruction]

    init(_ text: String) throws(Failure) {
        var parser = PatternParser(text)
        var compiler = PatternCompiler()
        try compiler.emit(try parser.expression())
        program = compiler.program + [.match]
    }

    /// Whether the pattern matches somewhere in the text.
    func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var current = StateSet(count: program.count)
        var next = StateSet(count: program.count)
        for position in 0...scalars.count {
            if follow(from: 0, into: &current, at: position, scalars) { return true }
            guard position < scalars.count else { return false }
            next.removeAll()
            for state in current.states {
                guard case .scalar(let set) = program[state], set.contains(scalars[position]) else { continue }
                if follow(from: state + 1, into: &next, at: position + 1, scalars) { return true }
            }
            swap(&current, &next)
        }
        return false
    }

    /// Adds every state reachable without reading a scalar; true when one of them is the end of the pattern.
    private func follow(from start: Int, into set: inout StateSet, at position: Int, _ scalars: [Unicode.Scalar]) -> Bool {
        var open = [start]
        while let state = open.popLast() {
            guard set.insert(state) else { continue }
            switch program[state] {
            case .match: return true
            case .scalar: break
            case .jump(let target): open.append(target)
            case .split(let first, let second): open += [second, first]
            case .start: if position == 0 { open.append(state + 1) }
            case .end: if position == scalars.count { open.append(state + 1) }
            case .wordBoundary(let expected):
                let before = position > 0 && ScalarSet.word.contains(scalars[position - 1])
                let after = position < scalars.count && ScalarSet.word.contains(scalars[position])
                if (before != after) == expected { open.append(state + 1) }
            }
        }
        return false
    }

    private struct StateSet {
        var states: [Int] = []
        var isMember: [Bool]
        init(count: Int) { isMember = Array(repeating: false, count: count) }
        mutating func insert(_ state: Int) -> Bool {
            if isMember[state] { return false }
            isMember[state] = true
            states.append(state)
            return true
        }
        mutating func removeAll() {
            for state in states { isMember[state] = false }
            states.removeAll(keepingCapacity: true)
        }
    }
}

indirect enum PatternNode: Sendable {
    case empty
    case single(Pattern.Instruction)
    case sequence([PatternNode])
    case choice([PatternNode])
    case repeated(PatternNode, minimum: Int, maximum: Int?)
}

struct PatternCompiler {
    var program: [Pattern.Instruction] = []

    mutating func emit(_ node: PatternNode) throws(Pattern.Failure) {
        guard program.count < Pattern.instructionLimit else { throw Pattern.Failure(reason: "it is too large") }
        switch node {
        case .empty: break
        case .single(let instruction): program.append(instruction)
        case .sequence(let parts): for part in parts { try emit(part) }
        case .choice(let branches): try emit(choice: branches)
        case .repeated(let inner, let minimum, let maximum): try emit(inner, minimum, maximum)
        }
    }

    private mutating func emit(choice branches: [PatternNode]) throws(Pattern.Failure) {
        var exits: [Int] = []
        for (index, branch) in branches.enumerated() {
            guard index < branches.count - 1 else { try emit(branch); break }
            let split = program.count
            program.append(.jump(0))
            try emit(branch)
            exits.append(program.count)
            program.append(.jump(0))
            program[split] = .split(split + 1, program.count)
        }
        for exit in exits { program[exit] = .jump(program.count) }
    }

    private mutating func emit(_ inner: PatternNode, _ minimum: Int, _ maximum: Int?) throws(Pattern.Failure) {
        for _ in 0..<minimum { try emit(inner) }
        guard let maximum else {
            let split = program.count
            program.append(.jump(0))
            try emit(inner)
            program.append(.jump(split))
            program[split] = .split(split + 1, program.count)
            return
        }
        var splits: [Int] = []
        for _ in minimum..<max(minimum, maximum) {
            splits.append(program.count)
            program.append(.jump(0))
            try emit(inner)
        }
        for split in splits { program[split] = .split(split + 1, program.count) }
    }
}
