import Testing

@testable import Language

/// Examples of Porter's paper, one step after the other, and whole words of his sample output.
@Test func englishStems() {
    let pairs = [
        "caresses": "caress", "ponies": "poni", "ties": "ti", "caress": "caress", "cats": "cat", "feed": "feed", "agreed": "agre",
        "plastered": "plaster", "bled": "bled", "motoring": "motor", "sing": "sing", "conflated": "conflat", "troubled": "troubl",
        "sized": "size", "hopping": "hop", "tanned": "tan", "falling": "fall", "hissing": "hiss", "fizzed": "fizz", "failing": "fail",
        "filing": "file", "happy": "happi", "sky": "sky", "relational": "relat", "conditional": "condit", "rational": "ration",
        "valency": "valenc", "digitizer": "digit", "conformably": "conform", "radically": "radic", "differently": "differ",
        "vietnamization": "vietnam", "predication": "predic", "operator": "oper", "feudalism": "feudal", "decisiveness": "decis",
        "hopefulness": "hope", "callousness": "callous", "formality": "formal", "sensitivity": "sensit", "sensibility": "sensibl",
        "triplicate": "triplic", "formative": "form", "electrical": "electr", "goodness": "good", "revival": "reviv", "allowance": "allow",
        "inference": "infer", "airliner": "airlin", "adjustable": "adjust", "replacement": "replac", "adoption": "adopt",
        "communism": "commun", "probate": "probat", "rate": "rate", "cease": "ceas", "controlling": "control", "rolling": "roll",
        "generalizations": "gener", "oscillators": "oscil", "moving": "move", "houses": "hous", "yearly": "yearli", "is": "is", "a": "a",
    ]
    for (word, stem) in pairs { #expect(String(decoding: EnglishStemmer.stem(Array(word.utf8)), as: UTF8.self) == stem, "\(word)") }
}

/// From the sample vocabulary published with the Snowball algorithm.
@Test func russianStems() {
    let pairs = [
        "вавиловка": "вавиловк", "вагнера": "вагнер", "вагоне": "вагон", "вагонов": "вагон", "важная": "важн", "важнейшие": "важн",
        "важничал": "важнича", "важного": "важн", "важностью": "важност", "важность": "важност", "вазах": "ваз", "палате": "палат",
        "пальбы": "пальб", "памятью": "памят", "павлович": "павлович", "падающего": "пада", "падали": "пада", "паспорта": "паспорт",
        "красивейшая": "красив", "прочитавши": "прочита", "умывшись": "ум", "длинный": "длин", "в": "в", "ь": "ь",
    ]
    for (word, stem) in pairs {
        #expect(WordForms.text(RussianStemmer.stem(word.unicodeScalars.map(\.value))) == stem, "\(word)")
    }
}

@Test func frenchStemsBringFormsTogether() {
    let groups = [
        ["etudiant", "etudiante", "etudiants", "etudiantes"], ["national", "nationale", "nationaux", "nationales"], ["permis"],
        ["demenager", "demenagement", "demenagements"], ["impot", "impots"], ["etranger", "etrangere", "etrangers"], ["bateau", "bateaux"],
        ["carte", "cartes"], ["taxe", "taxes"],
    ]
    let stems = groups.map { Set($0.map { FrenchStemmer.stem(Array($0.utf8)) }) }
    #expect(stems.allSatisfy { $0.count == 1 })
    #expect(Set(stems).count == groups.count)
    #expect(FrenchStemmer.stem([]) == [])
}
