/// What both stores must know of a statement's text, without understanding it.
public enum SQL {
    /// True when the parameters of a statement are `$1 … $n` and each first appears after the one before it. SQLite numbers them by
    /// first appearance, PostgreSQL by their name; only in this order do the two agree.
    public static func parametersInOrder(_ sql: String) -> Bool { parameterCount(sql) != nil }

    /// How many parameters a statement takes, or nil when they are not in order.
    static func parameterCount(_ sql: String) -> Int? {
        var scanner = SQLScanner(sql)
        var count = 0
        while let token = scanner.next() {
            guard case .parameter(let number, _) = token else { continue }
            if number == count + 1 { count = number } else if number < 1 || number > count { return nil }
        }
        return count
    }

    /// The statements of a script, without the semicolons between them. Semicolons in literals, quoted names, comments and
    /// dollar-quoted bodies separate nothing. Bodies of triggers (`BEGIN … END`) and `E'…\'…'` literals are not understood.
    static func statements(in script: String) -> [String] {
        var scanner = SQLScanner(script)
        var statements: [String] = []
        var start: Int?
        var end = 0
        while let token = scanner.next() {
            switch token {
            case .blank: continue
            case .semicolon:
                if let first = start { statements.append(scanner.text(first..<end)) }
                start = nil
            case .code(let from), .literal(let from), .parameter(_, let from):
                start = start ?? from
                end = scanner.position
            }
        }
        if let first = start { statements.append(scanner.text(first..<end)) }
        return statements
    }

    /// `$3, $4, $5` for `parameters(3, from: 3)`.
    public static func parameters(_ count: Int, from first: Int = 1) -> String {
        (first..<first + count).map { "$\($0)" }.joined(separator: ", ")
    }

    /// A table or column name that no name in it can break out of.
    static func quoted(_ name: String) -> String {
        "\"" + String(String.UnicodeScalarView(name.unicodeScalars.flatMap { $0 == "\"" ? ["\"", "\""] : [$0] })) + "\""
    }

    /// The number of arguments and what they hold, checked alike for both stores before either sees them.
    static func check(_ arguments: [SQLValue], count: Int, _ sql: String) throws(DatabaseError) {
        guard arguments.count == count else {
            throw .statement("\(count) parameters and \(arguments.count) arguments: \(sql)")
        }
        for argument in arguments {
            switch argument {
            case .text(let text) where text.utf8.contains(0): throw .nulInText
            case .real(let number) where number.isNaN: throw .statement("NaN is no value: \(sql)")
            default: continue
            }
        }
    }
}
