/// Reads the syntax of ECMA-262, section 22.2.1, in Unicode mode.
struct PatternParser {
    private let source: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    static let lengthLimit = 2_000
    static let depthLimit = 50
    static let repetitionLimit = 5_000

    init(_ text: String) { source = Array(text.unicodeScalars) }

    private var next: Unicode.Scalar? { position < source.count ? source[position] : nil }
    private func fail(_ reason: String) -> Pattern.Failure { Pattern.Failure(reason: reason) }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    mutating func expression() throws(Pattern.Failure) -> PatternNode {
        guard source.count <= PatternParser.lengthLimit else { throw fail("it is too long") }
        let node = try choice()
        guard position == source.count else { throw fail("a bracket is closed that was never opened") }
        return node
    }

    private mutating func choice() throws(Pattern.Failure) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= PatternParser.depthLimit else { throw fail("it is nested too deeply") }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(Pattern.Failure) -> PatternNode {
        var parts: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" { parts.append(try quantified()) }
        return parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func quantified() throws(Pattern.Failure) -> PatternNode {
        let atom = try atom()
        guard let (minimum, maximum) = try quantifier() else { return atom }
        if case .single(let instruction) = atom, !instruction.readsScalar { throw fail("nothing to repeat") }
        _ = take("?")  // A lazy quantifier matches the same texts.
        return .repeated(atom, minimum: minimum, maximum: maximum)
    }

    private mutating func quantifier() throws(Pattern.Failure) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard take("{") else { return nil }
        let minimum = try number()
        var maximum: Int? = minimum
        if take(",") { maximum = next == "}" ? nil : try number() }
        guard take("}"), maximum.map({ $0 >= minimum }) ?? true else { throw fail("a quantifier is malformed") }
        return (minimum, maximum)
    }

    private mutating func number() throws(Pattern.Failure) -> Int {
        var text = ""
        while let scalar = next, ScalarSet.digit.contains(scalar) { text.unicodeScalars.append(scalar); position += 1 }
        guard let value = Int(text), value <= PatternParser.repetitionLimit else { throw fail("a quantifier is malformed") }
        return value
    }

    private mutating func atom() throws(Pattern.Failure) -> PatternNode {
        guard let scalar = next else { throw fail("it ends too soon") }
        position += 1
        switch scalar {
        case "^": return .single(.start)
        case "$": return .single(.end)
        case ".": return .single(.scalar(.notLineEnd))
        case "(": return try group()
        case "[": return .single(.scalar(try set()))
        case "\\": return try escape()
        case "*", "+", "?", "{": throw fail("nothing to repeat")
        case "}", "]": throw fail("a lone bracket")
        default: return .single(.scalar(.one(scalar)))
        }
    }

    private mutating func group() throws(Pattern.Failure) -> PatternNode {
        if take("?") {
            if take("<"), next != "=", next != "!" {
                while let scalar = next, scalar != ">" { guard scalar != ")" else { throw fail("a group's name is malformed") }; position += 1 }
                guard take(">") else { throw fail("a group's name is malformed") }
            } else if !take(":") {
                throw fail("look-around is not supported")
            }
        }
        let inner = try choice()
        guard take(")") else { throw fail("a bracket is not closed") }
        return inner
    }

    private mutating func escape() throws(Pattern.Failure) -> PatternNode {
        if take("b") { return .single(.wordBoundary(true)) }
        if take("B") { return .single(.wordBoundary(false)) }
        if let scalar = next, ("1"..."9").contains(scalar) { throw fail("back-references are not supported") }
        return .single(.scalar(try escapedSet(inClass: false)))
    }

    /// What follows a backslash, as a set of scalars.
    private mutating func escapedSet(inClass: Bool) throws(Pattern.Failure) -> ScalarSet {
        guard let scalar = next else { throw fail("it ends in a backslash") }
        position += 1
        switch scalar {
        case "d": return .digit
        case "D": return ScalarSet.digit.negated
        case "w": return .word
        case "W": return ScalarSet.word.negated
        case "s": return .space
        case "S": return ScalarSet.space.negated
        case "p", "P":
            guard take("{") else { throw fail("a property is malformed") }
            var name = ""
            while let letter = next, letter != "}" { name.unicodeScalars.append(letter); position += 1 }
            guard take("}"), let property = ScalarProperty(name) else { throw fail("the property \(name) is not known") }
            return ScalarSet(properties: [property], isNegated: scalar == "P")
        case "n": return .one("\n")
        case "r": return .one("\r")
        case "t": return .one("\t")
        case "f": return .one("\u{0C}")
        case "v": return .one("\u{0B}")
        case "0": return .one("\0")
        case "b" where inClass: return .one("\u{08}")
        case "c": return .one(try control())
        case "x": return .one(try hexadecimal(count: 2))
        case "u": return .one(try unicodeEscape())
        case "-" where inClass: return .one("-")
        case "^", "$", "\\", ".", "*", "+", "?", "(", ")", "[", "]", "{", "}", "|", "/": return .one(scalar)
        default: throw fail("\\\(scalar) is no escape")
        }
    }

    private mutating func control() throws(Pattern.Failure) -> Unicode.Scalar {
        guard let letter = next, letter.isASCII, letter.properties.isAlphabetic, let scalar = Unicode.Scalar(letter.value & 31) else {
            throw fail("\\c needs a letter")
        }
        position += 1
        return scalar
    }

    private mutating func unicodeEscape() throws(Pattern.Failure) -> Unicode.Scalar {
        guard take("{") else {
            let first = try hexadecimalValue(count: 4)
            if (0xD800..<0xDC00).contains(first), take("\\"), take("u") {
                let second = try hexadecimalValue(count: 4)
                guard (0xDC00..<0xE000).contains(second), let pair = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) else {
                    throw fail("a lone surrogate")
                }
                return pair
            }
            guard let scalar = Unicode.Scalar(first) else { throw fail("a lone surrogate") }
            return scalar
        }
        var text = ""
        while let digit = next, digit != "}", text.count < 8 { text.unicodeScalars.append(digit); position += 1 }
        guard take("}"), let value = UInt32(text, radix: 16), let scalar = Unicode.Scalar(value) else { throw fail("\\u{…} is malformed") }
        return scalar
    }

    private mutating func hexadecimal(count: Int) throws(Pattern.Failure) -> Unicode.Scalar {
        guard let scalar = Unicode.Scalar(try hexadecimalValue(count: count)) else { throw fail("a hexadecimal escape is malformed") }
        return scalar
    }

    private mutating func hexadecimalValue(count: Int) throws(Pattern.Failure) -> UInt32 {
        guard position + count <= source.count else { throw fail("a hexadecimal escape is malformed") }
        var text = ""
        text.unicodeScalars.append(contentsOf: source[position..<position + count])
        guard text.allSatisfy(\.isHexDigit), let value = UInt32(text, radix: 16) else { throw fail("a hexadecimal escape is malformed") }
        position += count
        return value
    }

    /// A bracketed class, after its opening bracket.
    private mutating func set() throws(Pattern.Failure) -> ScalarSet {
        var result = ScalarSet()
        result.isNegated = take("^")
        while let scalar = next, scalar != "]" {
            let low = try member()
            guard next == "-", position + 1 < source.count, source[position + 1] != "]" else { result.parts.append(low); continue }
            position += 1
            let high = try member()
            guard let from = low.only, let to = high.only, from <= to else { throw fail("a range of a class is malformed") }
            result.ranges.append(from...to)
        }
        guard take("]") else { throw fail("a class is not closed") }
        return result
    }

    private mutating func member() throws(Pattern.Failure) -> ScalarSet {
        if take("\\") { return try escapedSet(inClass: true) }
        guard let scalar = next else { throw fail("a class is not closed") }
        position += 1
        return .one(scalar)
    }
}

extension ScalarSet {
    /// The scalar, when this set is exactly one.
    var only: UInt32? {
        guard ranges.count == 1, ranges[0].count == 1, properties.isEmpty, parts.isEmpty, !isNegated else { return nil }
        return ranges[0].lowerBound
    }
}

extension Pattern.Instruction {
    var readsScalar: Bool { if case .scalar = self { true } else { false } }
}
