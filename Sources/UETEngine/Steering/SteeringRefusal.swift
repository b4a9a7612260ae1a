import UETWorkers

/// A request that is turned down because of what it asks for, in words for the one who asked.
struct SteeringRefusal: Error {
  let answer: SteeringAnswer
}
