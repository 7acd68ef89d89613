import assert from 'node:assert/strict'
import {randomInt} from 'node:crypto'
import {figures} from '../../scripts/torture.d/figures.ts'
import {measure} from '../../scripts/torture.d/measure.ts'
import {printed} from '../../scripts/torture.d/print.ts'
import {describeWith} from '../support/services.ts'

const seed = randomInt(1_000_000_000)

describeWith(['postgres15', 'pgbouncer'], `scripts/torture --seed ${seed}`, () => {
  for (const figure of figures) {
    it(`${figure.name}: no ${figure.faults.join(', no ')}`, async () => {
      const measured = await measure(figure, 'short', seed)
      console.log(printed(measured, 'short'))
      assert.ok(!measured.failed, printed(measured, 'short'))
    }).timeout(600_000)
  }
})
