import Contracts
import Language
import Values

/// All answers in words, by part of the form: for "check your answers" and for officers.
struct AnswerOverview: Sendable {
    let document: FormDocument
    let words: AnswerText
    /// How the scan of each file ended, by its id.
    var scans: [String: String] = [:]

    struct Line: Sendable {
        let line: AnswerLine
        let stepID: String
        let isLeftToRight: Bool
    }

    struct Part: Sendable {
        let title: String
        var lines: [Line]
    }

    /// The answers of these pages; of what rules made of them, what is shown.
    func parts(_ pages: [Journey.Page], _ answers: Answers, where isShown: (FormField) -> Bool = { _ in true }) -> [Part] {
        var parts: [Part] = []
        for page in pages {
            let title = page.step.section.text(in: words.language)
            var lines = page.fields.flatMap { self.lines(of: $0, page.step, answers) }
            lines += computed(on: page.step, answers).filter(isShown).flatMap { self.lines(of: $0, page.step, answers) }
            if let note = answers.notes[page.step.id] {
                let label = words.catalogue.text("forms.wrong.label", in: words.language)
                lines.append(Line(line: AnswerLine(label: label, value: note, source: .person), stepID: page.step.id, isLeftToRight: false))
            }
            if parts.last?.title == title { parts[parts.count - 1].lines += lines } else { parts.append(Part(title: title, lines: lines)) }
        }
        return parts.filter { !$0.lines.isEmpty }
    }

    /// What rules made of the answers of a page, where it has a name.
    private func computed(on step: FormStep, _ answers: Answers) -> [FormField] {
        document.rules.compactMap { rule in
            guard case .set(_, _, step.id, let field?) = rule.action, answers.sources[field.pointer.description] == .rule(rule.id) else { return nil }
            return field
        }
    }

    private func lines(of field: FormField, _ step: FormStep, _ answers: Answers) -> [Line] {
        let value = answers.value(at: field.pointer)
        let source = answers.sources[field.pointer.description] ?? .person
        let label = field.label.text(in: words.language)
        func line(_ label: String, _ text: String, _ attachment: String? = nil) -> Line {
            Line(
                line: AnswerLine(label: label, value: text, source: source, attachmentID: attachment, scan: attachment.flatMap { scans[$0] }), stepID: step.id,
                isLeftToRight: words.isLeftToRight(field))
        }
        switch field.widget {
        case .file:
            let files = value?.array ?? []
            return files.isEmpty ? [line(label, noAnswer)] : files.map { line(label, $0["name"]?.string ?? "", $0["id"]?.string) }
        case .group:
            let entries = value?.array ?? []
            guard !entries.isEmpty else { return [line(label, noAnswer)] }
            return entries.enumerated().map { index, entry in
                let texts = field.entries.map { words.text(entry.value(at: $0.pointer), of: $0) }.filter { !$0.isEmpty }
                return line("\(field.entryTitle?.text(in: words.language) ?? label) \(index + 1)", texts.joined(separator: " · "))
            }
        default:
            let text = words.text(value, of: field)
            return [line(label, text.isEmpty ? noAnswer : text)]
        }
    }

    private var noAnswer: String { words.catalogue.text("forms.no-answer", in: words.language) }
}
