import Contracts
import Language
import Values
import Web

/// Questions as the templates draw them.
struct FieldView {
    let words: AnswerText
    let call: Call
    let posted: Posted
    let faults: [FieldFault]
    let document: FormDocument
    private var language: Language { words.language }

    /// The data of one question. `heading` is set when the question is the whole page and its label is the page's title.
    func data(_ field: FormField, heading: Bool, files: [[String: Any]] = []) -> [String: Any] {
        let name = field.name
        let place = field.pointer.description
        let fault = faults.first { $0.pointer == place || $0.pointer.hasPrefix(place + "/") }
        var data: [String: Any] = ["id": name, "name": name, "label": field.label.text(in: language), "heading": heading, "optional": !field.isRequired]
        var described: [String] = []
        if let hint = hint(of: field) { data["hint"] = hint; described.append("\(name)-hint") }
        if let fault { data["error"] = text(of: fault, field); described.append("\(name)-error") }
        if !described.isEmpty { data["describedBy"] = described.joined(separator: " ") }
        data.merge(inputs(of: field, fault)) { _, new in new }
        if field.widget == .file {
            data["isFile"] = true
            data["files"] = files
            data["hasFiles"] = !files.isEmpty
            data["mayAdd"] = files.count < AttachmentRoom.countLimit
        }
        return data
    }

    private func hint(of field: FormField) -> String? {
        if let hint = field.hint { return hint.text(in: language) }
        switch field.widget {
        case .date:
            // What was typed, once more as a whole: in Hebrew with the day of the Hebrew calendar.
            if case .value(let date) = field.decode(posted, places: words.places) { return words.text(date, of: field) }
            return words.catalogue.text("forms.hint.date", in: language)
        case .nationalNumber: return words.catalogue.text("forms.hint.national-number", in: language)
        case .file: return words.catalogue.text("forms.hint.file", in: language)
        default: return nil
        }
    }

    private func inputs(of field: FormField, _ fault: FieldFault?) -> [String: Any] {
        let name = field.name
        switch field.widget {
        case .longText: return ["isLongText": true, "value": posted.raw(name), "limit": "\(FormField.longTextLimit)"]
        case .yesNo:
            let options = [("yes", "forms.yes"), ("no", "forms.no")].map { (value: $0.0, label: words.catalogue.text($0.1, in: language), hint: String?.none) }
            return ["isRadios": true, "row": true, "options": choices(options, name, "radio")]
        case .choice, .choices:
            let options = field.options.map { (value: $0.value, label: $0.label.text(in: language), hint: $0.hint?.text(in: language)) }
            if field.widget == .choice, options.count > 7 { return ["isSelect": true, "options": choices(options, name, "option")] }
            return ["isRadios": true, "options": choices(options, name, field.widget == .choice ? "radio" : "checkbox")]
        case .declaration: return ["isDeclaration": true, "checked": posted.raw(name) == "yes"]
        case .date: return ["isParts": true, "isDate": true, "parts": parts(field, [("day", 2), ("month", 2), ("year", 4)], fault)]
        case .address:
            return ["isParts": true, "parts": parts(field, [("locality", nil), ("street", nil), ("house", 6), ("apartment", 6)], fault)]
        case .bankAccount: return ["isParts": true, "parts": parts(field, [("bank", nil), ("branch", 3), ("account", 20)], fault)]
        case .person: return ["isParts": true, "parts": parts(field, [("givenName", 20), ("familyName", 20), ("nationalNumber", 10)], fault)]
        case .business: return ["isParts": true, "parts": parts(field, [("number", 10), ("name", nil)], fault)]
        case .file, .group: return [:]
        default: return input(field)
        }
    }

    private func input(_ field: FormField) -> [String: Any] {
        var data: [String: Any] = ["isInput": true, "type": "text", "value": posted.raw(field.name), "maxlength": "\(FormField.textLimit)"]
        if let width = field.width { data["width"] = "\(width)" }
        if let autocomplete = field.autocomplete { data["autocomplete"] = autocomplete }
        if let unit = field.unit { data["unit"] = unit.text(in: language) }
        switch field.widget {
        case .number: data.merge(["ltr": true, "inputmode": field.decimals > 0 ? "decimal" : "numeric"]) { $1 }
        case .money: data.merge(["ltr": true, "inputmode": "decimal", "unit": "₪", "width": "\(field.width ?? 10)"]) { $1 }
        case .nationalNumber: data.merge(["ltr": true, "inputmode": "numeric", "width": "10", "maxlength": "20"]) { $1 }
        case .phone: data.merge(["ltr": true, "type": "tel", "width": "20", "maxlength": "40"]) { $1 }
        case .email: data.merge(["ltr": true, "type": "email", "maxlength": "254"]) { $1 }
        default: break
        }
        return data
    }

    private func choices(_ options: [(value: String, label: String, hint: String?)], _ name: String, _ type: String) -> [[String: Any]] {
        let chosen = Set(posted.all(name))
        return options.enumerated().map { index, option in
            var data: [String: Any] = [
                "id": index == 0 ? name : "\(name)-\(index)", "name": name, "type": type, "value": option.value, "label": option.label,
                "checked": chosen.contains(option.value),
            ]
            if let hint = option.hint { data["optionHint"] = hint }
            return data
        }
    }

    private func parts(_ field: FormField, _ parts: [(name: String, width: Int?)], _ fault: FieldFault?) -> [[String: Any]] {
        parts.map { part in
            let name = "\(field.name).\(part.name)"
            let isNumber = ["day", "month", "year", "branch", "account", "nationalNumber", "number"].contains(part.name)
            var data: [String: Any] = [
                "id": name, "name": name, "label": words.catalogue.text("forms.part.\(part.name)", in: language), "value": posted.raw(name), "ltr": isNumber,
                "wrong": fault.map { $0.pointer == "\(field.pointer)/\(part.name)" } ?? false,
            ]
            if isNumber { data["inputmode"] = "numeric" }
            if let width = part.width { data["width"] = "\(width)" }
            if part.name == "bank" {
                data["isSelect"] = true
                data["options"] = choices(
                    BankAccount.banks.map { ("\($0)", words.catalogue.text("forms.bank.\($0)", in: language), nil) }, name, "option")
            }
            return data
        }
    }

    /// The fault in words. The field is named, so that the line also stands by itself in the summary.
    func text(of fault: FieldFault, _ field: FormField) -> String {
        if fault.code == "rule", let id = fault.arguments["rule"] {
            for rule in document.rules where rule.id == id { if case .refuse(_, let message) = rule.action { return message.text(in: language) } }
        }
        var arguments = fault.arguments
        arguments["label"] = field.label.text(in: language)
        return words.catalogue.text("forms.fault.\(fault.code)", in: language, arguments)
    }

    /// The summary at the top of the page: each line leads to its input.
    func summary(_ fields: [FormField]) -> [[String: Any]] {
        faults.compactMap { fault in
            guard let field = fields.first(where: { fault.pointer == $0.pointer.description || fault.pointer.hasPrefix("\($0.pointer)/") }) else { return nil }
            let isComposite = [.date, .address, .bankAccount, .person, .business].contains(field.widget)
            let first: [Widget: String] = [.date: "day", .address: "locality", .bankAccount: "bank", .person: "givenName", .business: "number"]
            let inner = fault.pointer.dropFirst(field.pointer.description.count).drop { $0 == "/" }
            let part = isComposite ? "." + (inner.isEmpty ? first[field.widget] ?? "" : String(inner)) : ""
            return ["href": "#\(field.name)\(part)", "text": text(of: fault, field)]
        }
    }
}
