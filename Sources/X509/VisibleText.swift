/// Which characters a person can see and tell apart from none: no controls, no bidirectional or other format marks, no
/// line breaks, no unassigned or private ones, and no space but U+0020.
enum VisibleText {
    static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7f { return scalar.value >= 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate, .privateUse, .unassigned:
            return false
        default:
            // Default-ignorable letters and marks (Hangul fillers, variation selectors) draw nothing either.
            return !scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    static func isVisible(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(isVisible) }
}
