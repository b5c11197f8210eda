import Foundation
import Testing

@testable import Language

/// Writes string files into a new folder, loads them and removes the folder.
private func load(_ files: [String: String], module: String = "AskOnce") throws -> StringCatalogue {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("strings-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
    return try StringCatalogue(modules: [.init(name: module, folder: folder.path)])
}

private let hebrew = """
    {"check.title": "בדיקת התשובות", "hello": "שלום, {name}", "braces": "א {} {1} { x } {לא}",
     "days": {"one": "יום אחד", "two": "יומיים", "other": "{count} ימים"}}
    """

@Test func textsAreFoundAndFilled() throws {
    let catalogue = try load(["he.json": hebrew])
    #expect(catalogue.text("askOnce.check.title", in: .he) == "בדיקת התשובות")
    #expect(catalogue.text("askOnce.hello", in: .he, ["name": "<דנה> {name}"]) == "שלום, <דנה> {name}")
    #expect(catalogue.text("askOnce.braces", in: .he) == "א {} {1} { x } {לא}")
    #expect(catalogue.text("askOnce.days", count: 1, in: .he) == "יום אחד")
    #expect(catalogue.text("askOnce.days", count: 2, in: .he) == "יומיים")
    #expect(catalogue.text("askOnce.days", count: 1_200, in: .he) == "1,200 ימים")
    #expect(catalogue.source("askOnce.hello", in: .he) == "שלום, {name}")
    #expect(catalogue.keys == ["askOnce.braces", "askOnce.check.title", "askOnce.days", "askOnce.hello"])
}

@Test func whatIsMissingIsMarkedAndNeverFails() throws {
    let catalogue = try load(["he.json": hebrew])
    #expect(catalogue.text("askOnce.no", in: .he) == "⟦askOnce.no⟧")
    #expect(catalogue.text("askOnce.no", count: 3, in: .ar) == "⟦askOnce.no⟧")
    #expect(catalogue.text("askOnce.hello", in: .he) == "שלום, ⟦name⟧")
    #expect(catalogue.source("askOnce.no", in: .he) == nil)
    // Missing in one language: the Hebrew text with Hebrew's plural, not a key.
    #expect(catalogue.text("askOnce.days", count: 2, in: .ru) == "יומיים")
}

private let russianDays = #""days": {"one": "{count} день", "few": "{count} дня", "many": "{count} дней", "other": "{count} дня"}"#

@Test func pluralsFollowTheLanguage() throws {
    let catalogue = try load([
        "he.json": hebrew, "ru.json": "{\(russianDays)}",
    ])
    let texts = [1, 3, 11, 21, 1_005].map { catalogue.text("askOnce.days", count: $0, in: .ru) }
    #expect(texts == ["1 день", "3 дня", "11 дней", "21 день", "1\u{A0}005 дней"])
}

@Test func problemsAreAllTold() throws {
    let catalogue = try load([
        "he.json": """
        {"a": "שלום {x}", "b": "Hello", "c": {"one": "א", "other": "{count} ב"}, "pdf": "PDF", "d": "ד", "e": "{x}: 5",
         "_sameInAll": ["pdf"]}
        """,
        "en.json": """
        {"a": "Hi {y}", "b": "Hello", "c": {"one": "a", "few": "x", "other": "b"}, "pdf": "PDF", "d": " ", "e": "{x}: 5", "z": "Z"}
        """,
        "ar.json": #"{"a": "مرحبا {x}", "b": "ب", "c": "ج", "pdf": "PDF", "d": "د", "e": "{x}: 5"}"#,
        "ru.json": """
        {"a": "Hi {x}", "b": "б", "c": {"one": "{count} а", "few": "б", "many": "в", "other": "{count} г"}, "pdf": "PDF", "d": "д",
         "e": "{x}: 5"}
        """,
        "fr.json": #"{"a": "Salut {x}", "b": "b", "c": {"one": "a", "many": "b", "other": "{count} c"}, "pdf": "PDF", "e": "{x}: 5"}"#,
    ])
    let problems = Set(catalogue.problems())
    let expected: Set<CatalogueProblem> = [
        .init(key: "askOnce.a", language: .en, kind: .placeholderMismatch(hebrew: ["x"], here: ["y"])),
        .init(key: "askOnce.a", language: .ru, kind: .foreignScript), .init(key: "askOnce.b", language: .he, kind: .foreignScript),
        .init(key: "askOnce.c", language: .he, kind: .missingPlural(.two)), .init(key: "askOnce.c", language: .ar, kind: .pluralMismatch),
        .init(key: "askOnce.c", language: .en, kind: .needlessPlural(.few)),
        .init(key: "askOnce.c", language: .en, kind: .placeholderMismatch(hebrew: ["count"], here: [])),
        .init(key: "askOnce.d", language: .en, kind: .empty), .init(key: "askOnce.d", language: .fr, kind: .missing),
        .init(key: "askOnce.z", language: .en, kind: .notInHebrew),
    ]
    #expect(problems == expected)
}

@Test func aCompleteCatalogueHasNoProblems() throws {
    let catalogue = try load([
        "he.json": #"{"a": "שלום {x}", "days": {"one": "יום", "two": "יומיים", "other": "{count} ימים"}}"#,
        "en.json": #"{"a": "Hi {x}", "days": {"one": "a day", "other": "{count} days"}}"#,
        "ar.json": """
        {"a": "مرحبا {x}",
         "days": {"zero": "لا أيام", "one": "يوم", "two": "يومان", "few": "{count} أيام", "many": "{count} يومًا", "other": "{count} يوم"}}
        """,
        "ru.json": #"{"a": "Привет {x}", "# + "\(russianDays)}",
        "fr.json": #"{"a": "Salut {x}", "days": {"one": "{count} jour", "many": "{count} de jours", "other": "{count} jours"}}"#,
    ])
    #expect(catalogue.problems() == [])
}

private func failure(_ text: String) -> StringCatalogueError? {
    do {
        _ = try load(["he.json": text])
        return nil
    } catch { return error as? StringCatalogueError }
}

@Test func loadingNamesTheFileAndTheKey() {
    #expect("\(failure(#"{"a": "x", "a": "y"}"#)!)".contains("he.json: Duplicate member name"))
    #expect("\(failure(#"{"title": 3}"#)!)".hasSuffix("he.json: 'title' is neither a text nor an object of plural category and text"))
    #expect("\(failure(#"{"title": {"several": "x"}}"#)!)".contains("'title' has the unknown plural category 'several'"))
    #expect("\(failure(#"{"bad key": "x"}"#)!)".contains("he.json: 'bad key' is not a key"))
    #expect("\(failure(#"{"_unknown": "x"}"#)!)".contains("'_unknown' is not a key"))
    #expect("\(failure("[]")!)".contains("is not an object"))
    #expect("\(failure("{")!)".contains("he.json"))
    #expect(throws: StringCatalogueError.missingFile("/nowhere/he.json")) {
        try StringCatalogue(modules: [.init(name: "Forms", folder: "/nowhere")])
    }
}

@Test func aModuleIsLoadedOnce() throws {
    let document = try CatalogueDocument(module: "forms", language: .he, path: "he.json", bytes: Array(#"{"a": "א"}"#.utf8))
    #expect(throws: StringCatalogueError.duplicateKey("forms.a", file: "he.json")) { try StringCatalogue(documents: [document, document]) }
}
