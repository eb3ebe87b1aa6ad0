package pen

import "math"

// Sample returns a flourish that is nobody's signature: loops that grow smaller, and a line below
// them.
func Sample() Signature {
	var loops, line Stroke
	for i := range 121 {
		along := float64(i) / 120
		turn := along * 6 * 2 * math.Pi
		size := 62 * (1 - 0.75*along)
		loops = append(loops, Point{
			int(math.Round(90 + 400*along + 0.7*size*math.Cos(turn))),
			int(math.Round(100 + 14*math.Sin(along*5) + size*math.Sin(turn))),
		})
	}
	for i := range 41 {
		along := float64(i) / 40
		line = append(line, Point{int(math.Round(520 - 440*along)), int(math.Round(172 - 16*math.Sin(along*math.Pi)))})
	}
	return Signature{Strokes: []Stroke{loops, line}}
}
