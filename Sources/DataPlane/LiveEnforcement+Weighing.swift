import EventLoop
import VerificationCore

/// Weighing a change before it is made: who is affected is decided as it would be, in the same short turns, and nobody is cut.
extension LiveEnforcement {
    func weigh(_ question: ChangeWeighing) {
        var places: Set<UInt32> = []
        if forEachAffected(by: question.change, { places.insert($0.number) }) == .everybody {
            places = Set((0..<sessions.placeCount).map(UInt32.init))
        }
        weighings.append(OngoingWeighing(question: question, places: Array(places)[...]))
        takeWeighingTurn()
    }

    func takeWeighingTurn() {
        let end = loop.monotonicNanoseconds + Self.turnNanoseconds
        while !weighings.isEmpty {
            guard let place = weighings[0].places.popFirst() else {
                let done = weighings.removeFirst()
                done.question.answer(SessionsAtStake(all: sessions.count, ending: done.ending))
                continue
            }
            guard let session = sessions[LivePlace(number: place)] else { continue }
            if session.wouldEnd(by: weighings[0].question.snapshot, now: now()) { weighings[0].ending += 1 }
            if loop.monotonicNanoseconds >= end { return weighingTurn.start(afterSeconds: Self.restSeconds) }
        }
    }
}
