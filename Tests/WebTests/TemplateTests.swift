import Testing
@testable import Web

private func render(_ source: String, _ data: [String: Any], partials: [String: String] = [:]) throws -> String {
    var rendering = TemplateRendering(partials: try partials.mapValues { try Template($0) })
    rendering.render(try Template(source), data)
    return String(decoding: rendering.output, as: UTF8.self)
}

/// After the examples of mustache(5) and the cases of its specification for the tags that we have.
@Suite struct TemplateTests {
    @Test func valuesAreEscapedAndMarkupIsNot() throws {
        #expect(try render("{{a}} {{{a}}} {{& a }} {{ b }}|", ["a": "<b c=\"d\">'שלום' & ü", "b": 7])
            == "&lt;b c=&quot;d&quot;&gt;&#39;שלום&#39; &amp; ü <b c=\"d\">'שלום' & ü <b c=\"d\">'שלום' & ü 7|")
        #expect(try render("{{none}}{{{none}}}|", [:]) == "|")
        let absent: String? = nil
        #expect(try render("{{a}}{{b}}", ["a": absent as Any, "b": Optional("x") as Any]) == "x")
    }

    @Test func sectionsShowOnceManyTimesOrNot() throws {
        #expect(try render("{{#a}}yes{{/a}}{{^a}}no{{/a}}", ["a": true]) == "yes")
        #expect(try render("{{#a}}yes{{/a}}{{^a}}no{{/a}}", ["a": false]) == "no")
        #expect(try render("{{#a}}yes{{/a}}{{^a}}no{{/a}}", [:]) == "no")
        #expect(try render("{{#a}}[{{.}}]{{/a}}{{^a}}none{{/a}}", ["a": ["x", "<"]]) == "[x][&lt;]")
        #expect(try render("{{#a}}[{{.}}]{{/a}}{{^a}}none{{/a}}", ["a": [String]()]) == "none")
        #expect(try render("{{#a}}{{.}}!{{/a}}", ["a": "text"]) == "text!")
        #expect(try render("{{#a}}{{b}}{{/a}}", ["a": ["b": "inside"]]) == "inside")
        let absent: [String]? = nil
        #expect(try render("{{#a}}yes{{/a}}{{^a}}no{{/a}}", ["a": absent as Any]) == "no")
        let mixed: [[String: Any]] = [["n": 1, "in": ["x": "a"]], ["n": 2]]
        #expect(try render("{{#rows}}{{n}}{{#.in}}({{x}}){{/.in}};{{/rows}}", ["rows": mixed, "in": ["x": "outside"]]) == "1(a);2;")
    }

    @Test func namesAreLookedForOutwardsUnlessAPointSaysHere() throws {
        let rows: [[String: String]] = [["title": "one", "note": "n"], ["title": "two"]]
        #expect(try render("{{#rows}}{{title}}{{note}},{{/rows}}", ["rows": rows, "note": "outer"]) == "onen,twoouter,")
        #expect(try render("{{#rows}}{{title}}{{#.note}}{{.}}{{/.note}},{{/rows}}", ["rows": rows, "note": "outer"]) == "onen,two,")
        #expect(try render("{{a.b.c}}|{{a.x.c}}|{{#a.b}}{{c}}{{/a.b}}", ["a": ["b": ["c": "deep"]]]) == "deep||deep")
    }

    @Test func testsOfListsAndTexts() throws {
        let rows: [[String: String]] = [["t": "1"], ["t": "2"]]
        #expect(try render("{{#first(rows)}}<ul>{{#rows}}{{t}}{{/rows}}</ul>{{/first(rows)}}", ["rows": rows]) == "<ul>12</ul>")
        #expect(try render("{{#first(rows)}}<ul>{{/first(rows)}}", ["rows": [[String: String]]()]) == "")
        for (data, shown) in [(["d": "x"], "x"), (["d": ""], ""), ([:], "")] as [([String: Any], String)] {
            #expect(try render("{{^empty(d)}}{{d}}{{/empty(d)}}", data) == shown)
        }
    }

    @Test func partialsSeeWhatIsAround() throws {
        let partials = ["m/row": "<li>{{t}}{{mark}}</li>", "m/list": "{{#rows}}{{> m/row}}{{/rows}}"]
        #expect(try render("<ul>{{> m/list }}</ul>", ["rows": [["t": "a"], ["t": "b"]], "mark": "!"], partials: partials) == "<ul><li>a!</li><li>b!</li></ul>")
    }

    @Test func tagsAloneOnTheirLineTakeItAlong() throws {
        #expect(try render("a\n  {{#x}}  \nb\n\t{{/x}}\nc", ["x": true]) == "a\nb\nc")
        #expect(try render("{{! first }}\r\nb\n{{#x}}\n{{/x}}", ["x": true]) == "b\n")
        #expect(try render("a {{#x}}b{{/x}} \nc", ["x": true]) == "a b \nc")
        #expect(try render("  {{v}}\n", ["v": "a"]) == "  a\n")
    }

    @Test func malformedTemplatesAreRefusedWithTheirLine() {
        for (source, fault) in [
            ("a\n{{b", TemplateFault.unfinishedTag(line: 1)), ("{{#a}}\n\n", .unbalanced("a", line: 3)), ("{{#a}}{{/b}}", .unbalanced("b", line: 1)),
            ("\n{{/a}}", .unbalanced("a", line: 2)), ("{{a b}}", .malformedName("a b", line: 1)), ("{{}}", .malformedName("", line: 1)),
            ("{{a..b}}", .malformedName("a..b", line: 1)), ("{{=<% %>=}}", .malformedName("=<% %>=", line: 1)),
        ] { #expect(throws: fault, "\(source)") { try Template(source) } }
    }

    @Test func bracesThatAreNoTagsStay() throws {
        #expect(try render("a { b } {x} }}", [:]) == "a { b } {x} }}")
    }
}
