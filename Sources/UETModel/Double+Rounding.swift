extension Double {
  /// With three digits behind the point, as durations are recorded and printed.
  package var roundedToThousandths: Double { (self * 1000).rounded() / 1000 }
}
