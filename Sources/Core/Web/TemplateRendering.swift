/// Puts data into a template. Data are texts, numbers, yes or no, dictionaries and lists of these. What a value is, is found out by
/// comparing its type with the few that occur: asking the runtime whether it conforms to something costs a hundred times as much.
struct TemplateRendering {
    private let partials: [String: Template]
    private var stack: [Frame] = []
    private(set) var output: [UInt8] = []

    init(partials: [String: Template], capacity: Int = 16_384) {
        self.partials = partials
        output.reserveCapacity(capacity)
    }

    /// What a section stands on.
    private enum Frame {
        case data([String: Any])
        case texts([String: String])
        case single(Any)

        func child(_ name: String) -> Any? {
            switch self {
            case .data(let members): members[name]
            case .texts(let members): members[name]
            case .single: nil
            }
        }

        var value: Any {
            switch self {
            case .data(let members): members
            case .texts(let members): members
            case .single(let value): value
            }
        }
    }

    mutating func render(_ template: Template, _ data: [String: Any]) {
        stack.append(.data(data))
        render(template.pieces)
        stack.removeLast()
    }

    private mutating func render(_ pieces: [Template.Piece]) {
        for piece in pieces {
            switch piece {
            case .text(let bytes): output += bytes
            case .value(let name): if let value = find(name) { put(value, escaped: true) }
            case .markup(let name): if let value = find(name) { put(value, escaped: false) }
            case .section(let name, let inner): section(find(name), inner)
            case .inverted(let name, let inner): if !TemplateRendering.shows(find(name)) { render(inner) }
            case .partial(let name): if let template = partials[name] { render(template.pieces) }
            }
        }
    }

    private func find(_ name: Template.Name) -> Any? {
        var value: Any?
        if let first = name.path.first {
            for place in stack.indices.reversed() {
                value = stack[place].child(first)
                if value != nil || name.isHere { break }
            }
        } else {
            value = stack.last?.value
        }
        for part in name.path.dropFirst() { value = value.flatMap { TemplateRendering.frame($0).child(part) } }
        guard let test = name.test else { return value }
        switch test {
        case .first: return value.flatMap { TemplateRendering.list($0)?.first.map(\.value) }
        case .empty: return value.map { TemplateRendering.isEmpty($0) } ?? true
        }
    }

    private mutating func section(_ value: Any?, _ inner: [Template.Piece]) {
        guard let value = value.flatMap(TemplateRendering.unwrapped) else { return }
        if type(of: value) == Bool.self {
            if value as? Bool == true { render(inner) }
        } else if let list = TemplateRendering.list(value) {
            for item in list {
                stack.append(item)
                render(inner)
                stack.removeLast()
            }
        } else {
            stack.append(TemplateRendering.frame(value))
            render(inner)
            stack.removeLast()
        }
    }

    /// Whether a section on it shows anything.
    private static func shows(_ value: Any?) -> Bool {
        guard let value = value.flatMap(unwrapped) else { return false }
        if type(of: value) == Bool.self { return value as? Bool == true }
        return list(value).map { !$0.isEmpty } ?? true
    }

    private static func isEmpty(_ value: Any) -> Bool {
        if let text = value as? String { return text.isEmpty }
        return list(value)?.isEmpty ?? false
    }

    private static func frame(_ value: Any) -> Frame {
        let type = type(of: value)
        if type == [String: String].self, let members = value as? [String: String] { return .texts(members) }
        if type == String.self || type == Bool.self || type == Int.self { return .single(value) }
        if let members = value as? [String: Any] { return .data(members) }
        return .single(value)
    }

    /// The frames of a list; nil for what is no list.
    private static func list(_ value: Any) -> [Frame]? {
        let type = type(of: value)
        if type == String.self || type == [String: String].self || type == [String: Any].self { return nil }
        if type == [[String: String]].self, let rows = value as? [[String: String]] { return rows.map { .texts($0) } }
        if type == [[String: Any]].self, let rows = value as? [[String: Any]] { return rows.map { .data($0) } }
        if type == [String].self, let texts = value as? [String] { return texts.map { .single($0) } }
        return (value as? [Any])?.map(frame)
    }

    /// What is inside an optional that was put into the data as it is; nil when nothing is.
    private static func unwrapped(_ value: Any) -> Any? {
        let type = type(of: value)
        if type == String.self || type == Bool.self || type == [[String: String]].self || type == [[String: Any]].self { return value }
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle == .optional else { return value }
        return mirror.children.first.map(\.value)
    }

    private mutating func put(_ value: Any, escaped: Bool) {
        var text: String
        if type(of: value) == String.self, let string = value as? String {
            text = string
        } else {
            guard let inside = TemplateRendering.unwrapped(value) else { return }
            text = String(describing: inside)
        }
        text.withUTF8 { bytes in if escaped { TemplateRendering.escape(bytes, into: &output) } else { output += bytes } }
    }

    /// The five characters that mean something in HTML text and quoted attributes. Runs without any are copied whole.
    static func escape(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
        var start = 0
        for (place, byte) in bytes.enumerated() {
            let entity: StaticString
            switch byte {
            case 0x26: entity = "&amp;"
            case 0x3C: entity = "&lt;"
            case 0x3E: entity = "&gt;"
            case 0x22: entity = "&quot;"
            case 0x27: entity = "&#39;"
            default: continue
            }
            output += bytes[start..<place]
            output += UnsafeBufferPointer(start: entity.utf8Start, count: entity.utf8CodeUnitCount)
            start = place + 1
        }
        output += bytes[start...]
    }
}
