/* hand: what the hand of an instrument adds to the plane; each instrument puts its own in. */

const HAND = {
  follow: (s, layer, now) => now, // the arrays of a layer, where the hand has them
  paint: (s, g) => {}, // over the layers
  painted: (s) => {}, // after every painting
  spend: (s, dt) => false, // dt seconds passed; true while there is more to come
  over: (s, g) => {}, // on the sheet over the picture
  words: (s) => [], // in the margin, while nothing is pointed at
  score: (s, x, y) => null, // in the margin, instead of the functions under the pointer
  named: (s, hit) => pointName(s, hit), // what a point under the pointer is called
  toggled: (s, layer) => {}, // a layer was shown or hidden
};
