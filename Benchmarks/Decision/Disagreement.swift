/// What one structure says and another denies, or a decision that is not the expected one: no figure is worth anything then.
struct Disagreement: Error {
    let question: String
}
