@testable import Forms
import Foundation
import JSONSchema
import Language
import Testing
import Values
import Web

/// The documents and texts that come with a release.
@Suite struct PublishedFormsTests {
    private func json(_ path: String) throws -> JSON {
        try JSON.parse(Array(try Data(contentsOf: URL(fileURLWithPath: "\(Country.root)/\(path)"))))
    }

    @Test(arguments: ["municipal-tax-discount-student", "business-licence"])
    func formsAreFitToPublish(id: String) throws {
        let source = try json("Data/forms/\(id).json")
        let document = try FormDocument(source)
        #expect(FormLinter(document).findings() == [])
        #expect(try JSONSchema(json("Data/forms/form-document.schema.json")).faults(in: source) == [])
        let concepts = try #require(try json("Data/concepts.json")["concepts"]?.object)
        for prefill in document.prefill { #expect(concepts[prefill.concept] != nil, "\(prefill.concept)") }
    }

    @Test func theBusinessFormOffersEveryKindOfTheLicensingRules() throws {
        let document = try FormDocument(try json("Data/forms/business-licence.json"))
        let field = try #require(document.fields.first { $0.pointer.description == "/premises/kind" })
        let kinds = Set((try json("Data/business-licensing-rules.json").array ?? []).compactMap { $0["business_kind"]?.string })
        #expect(Set(field.options.map(\.value)) == kinds)
        for option in field.options { #expect(option.label.languages.count == Language.allCases.count) }
    }

    @Test func textsAreCompleteInFiveLanguages() throws {
        let folder = "\(Country.root)/Sources/Components/Forms"
        let catalogue = try StringCatalogue(modules: [.init(name: "Forms", folder: "\(folder)/Strings")])
        #expect(catalogue.problems() == [])
        let errors: [FormsError] = [
            .draftExpired, .tooManyDrafts(limit: 1), .otherCapacity, .fileEmpty, .fileType, .fileTooLarge, .tooManyFiles(limit: 1), .fileInfected,
            .scannerUnavailable,
        ]
        for error in errors {
            for part in ["title", "detail"] { #expect(catalogue.has("\(error.problem.textKey).\(part)", in: .he), "\(error)") }
            if let code = error.fieldCode { #expect(catalogue.has("forms.fault.\(code)", in: .he), "\(code)") }
        }
        for bank in BankAccount.banks { #expect(catalogue.has("forms.bank.\(bank)", in: .he), "\(bank)") }
        let used = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }.filter { $0.hasSuffix(".mustache") }
        for file in used {
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            for piece in text.split(separator: "[[").dropFirst() {
                let key = String(piece.prefix { $0 != "]" })
                if key.hasPrefix("forms.") { #expect(catalogue.has(key, in: .he), "\(key)") }
            }
        }
    }

    /// Every code that a widget or the schema gives has a text.
    @Test func faultsHaveTexts() throws {
        let folder = "\(Country.root)/Sources/Components/Forms"
        let catalogue = try StringCatalogue(modules: [.init(name: "Forms", folder: "\(folder)/Strings")])
        let codes = [
            "missing", "choose", "choice", "declaration", "file-missing", "group-empty", "too-short", "too-long", "too-small", "too-large", "too-few",
            "too-many", "repeated", "pattern", "invalid", "number", "whole-number", "money", "date", "date-part", "date-year", "national-number",
            "business-number", "name-missing", "phone", "email", "bank", "branch", "account", "locality", "locality-near", "locality-missing", "house-missing",
        ]
        for code in codes { #expect(catalogue.has("forms.fault.\(code)", in: .he), "\(code)") }
    }
}
